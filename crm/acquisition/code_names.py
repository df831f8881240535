"""Code names: what a lead is called wherever its name may not be read.

Neutral Dutch words from nature, no place and no company among them, dealt out by the lead's number: the same number
gives the same name for ever, and no two numbers share one.
"""

# In the order in which they are dealt. Only ever add at the end: another order or length after go-live would give a
# new lead the name of an old one.
WORDS: tuple[str, ...] = tuple(
    """
Kluut Appelvink Brandgans Koraal Meidoorn Zonnestraal Puimsteen Ereprijs Zandoogje Gips Heggenmus Zeelt
Speerdistel Glazenmaker Rozemarijn Oeverzwaluw Nonnetje Sodaliet Wollegras Passaat Munt Sleedoorn Sneeuw
Beekprik Slangenkruid Duindoorn Bergeend Morgenster Zandsteen Vloed Klaver Knoopkruid Kuifmees
Ochtendrood Saffier Kraanvogel Meerkoet Zuring Deining Robinia Tulpenboom Ruisvoorn Fuut Zanglijster
Hazelmuis Zomertaling Hoornblende Pyriet Bosuil Steenloper Waterjuffer Zwaan Keep Rietzanger Melisse
Grutto Korhoen IJsvogel Sneep Jaspis Rif Draaihals Beekjuffer Cichorei Opaal Avondrood Goudvink
Rolklaver Citroenvlinder Lijster Noorderlicht Maretak Beril Kruizemunt Vuursteen Vlagzalm Moerasspirea
Leeuwentand Wisent Schist Salamander Toorts Moerbei Goudplevier Madelief Egelantier Egel Heidelibel
Gagel Veldleeuwerik Kievitsbloem Waterspreeuw Boterbloem Dagpauwoog IJseend Reiger Oase Zandplaat
Sideriet Kattenstaart Maanlicht Herfsttijloos Albast Ganzenbloem Oeverloper Slechtvalk Korenbloem
Valeriaan Merel Koekoeksbloem Porseleinhoen Leverkruid Muskuskruid Zwanenbloem Obsidiaan Rietorchis
Haagbeuk Basalt Wilg Kamsalamander Parelduiker Waterval Zeoliet Salie Tortelduif Luwte Kalmoes
Boomkikker Citrien Magnetiet Zandbij Dotterbloem Patrijs Zeehond Forel Komeet Hazelaar Chalcedoon Geiser
Vlakte Varen Duin Kramsvogel Mergel Gentiaan Buxus Laurier Vlas Golfslag Amethist Koninginnenpage
Wielewaal Veldspaat Agaat Lamsoor Zuurbes Eekhoorn Springtij Augiet Blauwgras Zandbank Kemphaan Wad
Rotgans Olijf Zonnedauw Olm Boommarter Waterlelie Gabbro Huiszwaluw Treurwilg Graniet Oranjetipje
Calciet Krokus Witgat Leisteen Boomklever Vlier Waterral Serpeling Hermelijn Lavendel Kervel Havikskruid
Oever Vlasbekje Kaasjeskruid Primula Mirte Kloof Geranium Arnica Ransuil Plevier Aalscholver Beuk
Roerdomp Kreek Ekster Purperreiger Nachtzwaluw Peppel Gierzwaluw Sleutelbloem Gems Acacia Frater Smient
Bever Wulp Zilverden Fluiter Tufsteen Wolk Landtong Stratus Bosaardbei Spinel Kerkuil Notelaar Rietgors
Vos Vuurgoudhaan Salomonszegel Sprinkhaan Duinpan Fitis Turkoois Berk Akkerwinde Ridderspoor Watermunt
Rimpeling Teunisbloem Topaas Leeuwerik Kwak Klimop Tureluur Poolster Bauxiet Slobeend Fluweelboom
Boompieper Zilverreiger Anemoon Barmsijs Abeel Ringslang Snor Eik Helmkruid Thermiek Azuriet Krijt Braam
Paapje Ginkgo Viooltje Veldesdoorn Aardhommel Kweepeer Titaniet Distelvlinder Putter Wikke Cipres
Dageraad Alsem Schemering Longkruid Esdoorn Hondsdraf Gaai Braamsluiper Elft Distel Baardman Zandrug
Anjer Roodborst Bergkristal Rododendron Watersnip Plataan Steenuil Heemst Dauw Judaspenning Aster
Ogentroost Oleander Boomleeuwerik Edelhert Tjiftjaf Douglasspar Groenling Lelie Kardinaalsmuts
Keizersmantel Zandblauwtje Zeekraal Bosrank Spotvogel Kwartsiet Magnolia Nagelkruid Blauwborst Zeearend
Buizerd Rots Barbeel Toendra Dophei Olivijn Parnassia Granaat Vrouwenmantel Wespendief Jeneverbes
Savanne Bries Poel Platbuik Liguster Boomkruiper Peridoot Pijlstaart Steenbok Wingerd Narcis Schor
Goethiet Rouwmantel Koperwiek Tafeleend Lepelaar Vink Kauw Morene Veldbies Brasem Blankvoorn Marmer
Kwabaal Kolgans Wezel Steenmarter Hommel Orchis Orthoklaas Speenkruid Toermalijn Jade Kwel Zeelavendel
Bermpje Ree Kolk Stuwwal Bokje Apatiet Guldenroede Haas Zwerfkei Stroming Vallei Wetering Oehoe Kuifeend
Lepidoliet Kruisdistel Das Wederik Malachiet Goudoog Grasklokje Akelei Alver Dolomiet Eland Dwergmuis
Pinksterbloem Lijsterbes Brem Rutiel Koekoek Rivier Gletsjer Brilduiker Parelmoervlinder Bieslook
Boshyacint Sneeuwklokje Aquamarijn Karneool Lisdodde Duizendblad Steppe Krakeend Smelleken Ortolaan
Hematiet Mispel Porfier Juffer Lupine Kornoelje Glaskruid Wilgenroosje Visdief Grasmus Pestvogel
Zeeaster Tuinfluiter Pimpelmees Klaproos Biotiet Houtsnip Velduil Ceder Bosbes Spreeuw Dioriet Smaragd
Graspieper Kamille Struikhei Kaoliniet Hondsroos Kopvoorn Meteoor Waterhoen Ossentong Boomvalk Kneu
Oregano Huismus Baars Zwartkop Boerenzwaluw Stekelbaars Kwelder Kamperfoelie Wouw Atalanta Kalksteen
Heuvel Tapuit Staartmees Wintertaling Snoek Vijver Kastanje Tulp Pijlkruid Sijs Taxus Fazant Zirkoon
Muurpeper Geelgors Andoorn Iep Branding Tijm Snoekbaars Scholekster Knobbelzwaan Goudhaan Koolmees
Regenwulp Kwarts Brunel Nevel Duizendknoop Barnsteen Slenk Serpentijn Riet Grafiet Uiterwaard Fluoriet
Zonneroosje Ganzerik Walstro Winterkoning Springvloed Libel Dodaars Nachtegaal Stern Lagune Gneis Zalm
Klif Kwikstaart Kruisbek Fjord Icarusblauwtje Getij Griel Sering Houtduif Travertijn Smeerwortel
Veenpluis Regenboog Matkop Seleniet Kwartel Vuurvlinder Duinpieper Krater Karper Visarend Moeras Elrits
Galeniet Zaagbek Vuurlibel Zefier Moesson Paardenbloem Otter Bron Weegbree Populier Torenvalk
Fluitenkruid Zegge Margriet Plas Grot Ooievaar Hagedis Steur Ringmus Hyacint Zilverschoon Pimpernel
Weerlicht Helmgras Steltkluut Larix Grondel
""".split()  # noqa: SIM905 some 550 quoted words would be unreadable
)


def code_name(number: int) -> str:
    """The name of the lead with this number (1 and up); after the list's end the words come again with 2, 3 …"""
    if number < 1:
        raise ValueError(f"a lead's number is 1 or more, not {number}")
    turn, place = divmod(number - 1, len(WORDS))
    return WORDS[place] if turn == 0 else f"{WORDS[place]} {turn + 1}"
