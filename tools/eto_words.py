"""Keys and names in both languages for the inputs, stages and providers of the ETO chip data."""

# id → key, English, Japanese; the English names are ETO's, without the prefix of the four designs
INPUTS = {
    "N1": ("cpu-design", "Advanced CPU design", "先端CPU設計"),
    "N2": ("gpu-design", "Discrete GPU design", "ディスクリートGPU設計"),
    "N3": ("fpga-design", "FPGA design", "FPGA設計"),
    "N4": ("ai-asic-design", "AI ASIC design", "AI用ASIC設計"),
    "N8": ("crystal-furnace", "Crystal growing furnaces", "単結晶引上げ装置"),
    "N9": ("crystal-machining", "Crystal machining tools", "結晶加工装置（切断など）"),
    "N10": ("wafer-bonder", "Wafer bonding and aligning tools", "ウェハ接合・位置合わせ装置"),
    "N11": ("wafer-handler", "Wafer handlers", "ウェハ搬送装置"),
    "N12": ("photomask-handler", "Photomask handlers", "フォトマスク搬送装置"),
    "N17": ("ion-implanter", "Ion implanters", "イオン注入装置"),
    "N19": ("advanced-exposure-tool", "Advanced photolithography equipment", "先端露光装置"),
    "N20": ("euv-scanner", "EUV scanners", "EUV露光装置"),
    "N21": ("arf-scanner", "ArF scanners", "ArF（ドライ）露光装置"),
    "N22": ("arf-immersion-scanner", "ArF immersion scanners", "ArF液浸露光装置"),
    "N25": ("photolithography", "Photolithography", "フォトリソグラフィ工程"),
    "N26": ("wafer", "Wafer", "シリコンウェハ"),
    "N28": ("mask-writer", "Maskless lithography equipment", "マスクレス露光装置"),
    "N29": ("e-beam-writer", "Electron-beam lithography tools", "電子ビーム描画装置"),
    "N30": ("laser-writer", "Laser lithography tools", "レーザー描画装置"),
    "N31": ("photoresist", "Photoresists", "フォトレジスト"),
    "N32": ("resist-processing", "Resist processing tools", "レジスト塗布・現像装置（コータ・デベロッパ）"),
    "N33": ("photomask", "Advanced photomasks", "先端フォトマスク"),
    "N35": ("deposition", "Deposition", "成膜工程"),
    "N36": ("deposition-tool", "Deposition tools", "成膜装置"),
    "N38": ("plasma-cvd", "Plasma CVD tools", "プラズマCVD装置"),
    "N39": ("low-pressure-cvd", "Low-pressure CVD tools", "減圧CVD装置"),
    "N40": ("high-temperature-cvd", "High-temperature CVD tools", "高温CVD装置"),
    "N41": ("ald", "Atomic layer deposition tools", "原子層堆積（ALD）装置"),
    "N42": ("pvd", "Physical vapor deposition tools", "物理気相成長（PVD）装置"),
    "N43": ("rapid-thermal", "Rapid thermal processing tools", "急速熱処理（RTP）装置"),
    "N44": ("tube-furnace", "Tube-based diffusion and deposition tools", "管型拡散・成膜炉（縦型炉など）"),
    "N45": ("electroplating", "Electrochemical coating tools", "電気化学めっき装置"),
    "N46": ("etch-clean", "Etch and clean", "エッチング・洗浄工程"),
    "N47": ("cvd", "Chemical vapor deposition tools", "化学気相成長（CVD）装置"),
    "N48": ("dry-etch-clean", "Dry etching and cleaning tools", "ドライエッチング・ドライ洗浄装置"),
    "N49": ("wet-etch-clean", "Wet etching and cleaning tools", "ウェットエッチング・ウェット洗浄装置"),
    "N50": ("conductor-etch", "Conductor etching tools", "導体膜エッチング装置"),
    "N51": ("dielectric-etch", "Dielectric etching tools", "絶縁膜エッチング装置"),
    "N55": ("etch-clean-tool", "Etching and cleaning tools", "エッチング・洗浄装置"),
    "N57": ("cmp", "Chemical mechanical planarization", "化学機械研磨（CMP）工程"),
    "N59": ("handling", "Wafer and photomask handling", "ウェハ・フォトマスク搬送工程"),
    "N60": ("process-control", "Process control", "プロセス制御（検査・計測）工程"),
    "N61": ("wafer-inspection", "Wafer inspection equipment", "ウェハ検査・計測装置"),
    "N62": ("mask-inspection", "Photomask inspection and repair tools", "フォトマスク検査・修正装置"),
    "N63": ("wlp-inspection", "Wafer level packaging inspection tools", "ウェハレベルパッケージ検査装置"),
    "N64": ("process-monitoring", "Process monitoring equipment", "プロセスモニタリング装置"),
    "N65": ("film-measuring", "Film and wafer measuring tools", "膜厚・ウェハ計測装置"),
    "N66": ("cd-measuring", "Critical dimensions measurement tools", "微細寸法計測装置（CD-SEMなど）"),
    "N67": ("defect-inspection", "Defect inspection tools", "欠陥検査装置"),
    "N68": ("microscopy", "General-purpose microscopy tools", "汎用顕微鏡（SEM・TEMなど）"),
    "N69": ("assembly-packaging", "Assembly and packaging", "組立・パッケージング工程"),
    "N70": ("assembly-inspection", "Assembly inspection tools", "組立検査装置"),
    "N71": ("dicing", "Dicing tools", "ダイシング装置"),
    "N72": ("bonding-tool", "Bonding tools", "ボンディング装置"),
    "N73": ("die-attach", "Die attaching tools", "ダイボンダ（ダイ接着装置）"),
    "N74": ("wire-bonder", "Wire bonding tools", "ワイヤボンダ"),
    "N75": (
        "advanced-interconnect",
        "Advanced interconnect tools",
        "先端接続装置（ダイボンダ・ワイヤボンダ以外）",
    ),
    "N76": ("packaging-tool", "Packaging tools", "パッケージング装置"),
    "N77": ("integrated-assembly", "Integrated assembly tools", "一貫組立装置"),
    "N78": ("testing", "Testing", "テスト工程"),
    "N80": ("soc-tester", "SoC test equipment", "SoCテスタ"),
    "N81": ("burn-in-tester", "Burn-in test equipment", "バーンイン試験装置"),
    "N82": ("linear-tester", "Linear and discrete testing tools", "アナログ・ディスクリートテスタ"),
    "N83": ("handler-prober", "Handlers and probes", "テストハンドラ・プローバ"),
    "N84": ("eda", "Electronic design automation software", "EDA（電子設計自動化）ソフトウェア"),
    "N85": ("core-ip", "Core intellectual property", "コアIP（設計資産）"),
    "N86": ("cmp-tool", "Chemical mechanical planarization tools", "CMP装置"),
    "N88": ("deposition-material", "Deposition materials", "成膜材料（スパッタリングターゲットなど）"),
    "N90": ("cmp-material", "CMP materials", "CMP材料（スラリー・研磨パッド）"),
    "N91": ("electronic-gas", "Electronic gases", "半導体用ガス"),
    "N92": ("wet-chemical", "Wet chemicals", "半導体用薬液"),
    "N93": ("lead-frame", "Lead frames", "リードフレーム"),
    "N94": ("bond-wire", "Bond wires", "ボンディングワイヤ"),
    "N95": ("ceramic-package", "Ceramic packages", "セラミックパッケージ"),
    "N96": ("substrate", "Substrates", "パッケージ基板"),
    "N97": ("encapsulation-resin", "Encapsulation resins", "封止樹脂"),
    "N98": ("die-attach-material", "Die attach materials", "ダイアタッチ材"),
    "N99": ("logic-chip", "Finished logic chip", "ロジック半導体（完成品）"),
    "N100": ("packaging-material", "Packaging materials", "パッケージ材料"),
}
STAGES = {
    "S1": ("design", "Design", "設計"),
    "S2": ("fabrication", "Fabrication", "前工程（製造）"),
    "S3": ("atp", "Assembly, testing, and packaging", "後工程（組立・テスト・パッケージング）"),
}
# form by which a control would name it; tools are equipment, processes parts
FORMS = {
    "N31": "oxide", "N90": "oxide", "N91": "oxide", "N92": "oxide", "N88": "target",
}  # fmt: skip
MILLION = {"million": 1.0, "billion": 1000.0}

CHAIN_NOTE_EN = (
    "Built from the Advanced Semiconductor Supply Chain Dataset of ETO/CSET (release 2022, market "
    "shares mostly of 2019). The set gives shares, not tonnes: every amount is an index, 100 = world "
    "use of that input, so tonnes printed for this chain are index points. Goes-into relations are "
    "inputs; is-a-type-of relations make kinds of one input, which share its slot by their market "
    "size and are alternatives there, not further inputs: a process that cannot do without one kind "
    "needs a recipe row of its own. Inputs without country shares stand as makers of unknown country. "
    "Fabs and packaging houses follow ETO's shares of the whole stage and buy the world mix. Tools "
    "are installed goods: their stock stands for the months until they fail without parts and "
    "service. Every input is taken as essential, but for two that a logic chip can do without. ETO "
    "draws no link from design to the chip, none is added. The node litho-yield-bundle is the AND "
    "bundle of founding document 000 (exposure, resist, mask and wafer), our own recipe beside ETO's "
    "relations. Providers that ETO calls negligible are not drawn."
)
CHAIN_NOTE_JA = (
    "ETO/CSETの先端半導体サプライチェーン・データセット（2022年版、市場シェアは主に2019年"
    "）から構成した。原データは数量でなくシェアを示すため、数量はすべて指数であり、当該投入物の世界使用量"
    "を100とする。本チェーンで表示されるトンは指数の点を意味する。goes-into（投入）関係は投入"
    "物とし、is-a-type-of（種類）関係は一つの投入物の種類とした。種類は市場規模に応じて同じ投"
    "入枠を分け合う代替関係であり、追加の投入物ではない。特定の種類を欠かせない工程には、別途原単位の行を"
    "置く。国別シェアのない投入物は、所在国不明のメーカーとして示す。前工程と後工程の国別割合はETOの段"
    "階全体のシェアに従い、いずれも世界平均の構成で調達すると仮定した。装置は設備であり、その在庫日数は部"
    "品・保守なしで故障に至るまでの期間を表す。ロジック半導体に不要な二つを除き、すべての投入物を必須とみ"
    "なした。ETOは設計と完成品の間に関係を置いておらず、追加していない。拠点litho-yield-b"
    "undleは文書000の「露光＋レジスト＋マスク＋ウェハ」の束（AND）であり、ETOの関係とは別に"
    "本パッケージが置いた原単位である。ETOが僅少とする供給者は描いていない。"
)
