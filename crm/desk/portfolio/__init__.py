"""What the park has with an organisation that owns, brokers, rents or works along: read together, stored nowhere."""
