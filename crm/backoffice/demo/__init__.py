"""The demo park: the strategy's real targets, areas and partners, and around them an invented but believable park.

Every company name but the partners' is invented. The same seed gives the same park, dated around `DEMO_DAY`.
"""
