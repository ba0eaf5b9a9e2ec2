"""English words for Japanese site names, and short keys for long glossary terms, used by facts.py."""

SITE_WORDS = {
    "site-001": ("NEOMAX development site", "around Tottori and Shimane", "magnet"),
    "site-002": ("Kumagaya works", "Kumagaya, Saitama", "magnet"),
    "site-003": ("Zhong Ke San Huan joint venture", "Beijing, Baotou and other places in China", "magnet"),
    "site-004": ("Narita site", "Narita, Chiba", "magnet"),
    "site-005": ("Akita and Yamagata sites", "Tohoku, Japan", "magnet"),
    "site-006": ("Meizhou works", "Guangdong, China", "magnet"),
    "site-007": ("Ganzhou", "Jiangxi, China", "alloy"),
    "site-008": ("Headquarters and works", "Gifu, Japan", "magnet"),
    "site-009": ("Technology centre", "Aichi, Japan", "magnet"),
    "site-010": ("Some machining sites", "Eastern China", "part"),
    "site-011": ("Kobe works", "Hyogo, Japan", "alloy"),
    "site-012": ("Technology development site", "Kansai, Japan", "recycling"),
}

GLOSSARY_KEYS = {
    "process-control type (goods)": "process-control",
    "capital / intermediate / consumption goods": "classical-goods-classes",
    "process qualification, recipe development": "condition-setting",
    "tacit / explicit knowledge": "tacit-explicit-knowledge",
    "process scrap (new scrap, prompt scrap)": "process-scrap",
    "heavy / light / medium-heavy rare earths": "rare-earth-groups",
    "sintered / bonded magnet": "sintered-bonded-magnet",
    "hydrogen decrepitation; HDDR": "hydrogen-processing",
    "individual / general (bulk) licence": "licences",
    "catch-all control / list control": "catch-all-list-control",
    "Foreign Exchange and Foreign Trade Act (FEFTA)": "fefta",
    "recovery time (time to recover)": "recovery-time",
    "Korean materials, parts and equipment (sobujang)": "sobujang",
}
