"""Word lists the demo's people and units are put together from. All of it is invented."""

SURNAMES = (
    ("丛", "Cong"), ("于", "Yu"), ("姜", "Jiang"), ("衣", "Yi"), ("牟", "Mu"), ("宫", "Gong"), ("毕", "Bi"),
    ("初", "Chu"), ("迟", "Chi"), ("隋", "Sui"), ("栾", "Luan"), ("邹", "Zou"), ("吕", "Lü"), ("慕", "Mu"),
    ("孙", "Sun"), ("宋", "Song"), ("林", "Lin"), ("万", "Wan"), ("石", "Shi"), ("徐", "Xu"), ("刘", "Liu"),
    ("王", "Wang"), ("张", "Zhang"), ("李", "Li"), ("赵", "Zhao"), ("杨", "Yang"), ("高", "Gao"), ("郭", "Guo"),
    ("马", "Ma"), ("罗", "Luo"), ("梁", "Liang"), ("郑", "Zheng"), ("谢", "Xie"), ("唐", "Tang"), ("许", "Xu"),
    ("冯", "Feng"), ("邓", "Deng"), ("程", "Cheng"), ("蔡", "Cai"), ("彭", "Peng"),
)  # fmt: skip

GIVEN_FIRST = (
    ("海", "hai"), ("天", "tian"), ("清", "qing"), ("若", "ruo"), ("景", "jing"), ("思", "si"), ("令", "ling"),
    ("志", "zhi"), ("明", "ming"), ("晓", "xiao"), ("知", "zhi"), ("予", "yu"), ("怀", "huai"), ("立", "li"),
    ("春", "chun"), ("秋", "qiu"), ("云", "yun"), ("星", "xing"), ("广", "guang"), ("铁", "tie"), ("启", "qi"),
    ("修", "xiu"), ("以", "yi"), ("临", "lin"), ("伯", "bo"), ("静", "jing"), ("文", "wen"), ("书", "shu"),
    ("承", "cheng"), ("德", "de"), ("嘉", "jia"), ("沐", "mu"), ("一", "yi"), ("望", "wang"), ("远", "yuan"),
)  # fmt: skip

GIVEN_LAST = (
    ("澜", "lan"), ("佑", "you"), ("扬", "yang"), ("谷", "gu"), ("安", "an"), ("岚", "lan"), ("仪", "yi"),
    ("川", "chuan"), ("森", "sen"), ("棠", "tang"), ("夏", "xia"), ("瑾", "jin"), ("新", "xin"), ("和", "he"),
    ("实", "shi"), ("帆", "fan"), ("遥", "yao"), ("舟", "zhou"), ("军", "jun"), ("明", "ming"), ("远", "yuan"),
    ("恒", "heng"), ("溪", "xi"), ("然", "ran"), ("满", "man"), ("宁", "ning"), ("辰", "chen"), ("琪", "qi"),
    ("平", "ping"), ("松", "song"), ("妍", "yan"), ("航", "hang"), ("莹", "ying"), ("磊", "lei"), ("朗", "lang"),
)  # fmt: skip

PLACE_FIRST = (
    ("鲸落", "Jingluo"), ("灯语", "Dengyu"), ("雾笛", "Wudi"), ("潮声", "Chaosheng"), ("星锚", "Xingmao"),
    ("帆影", "Fanying"), ("鸥鸣", "Ouming"), ("月汐", "Yuexi"), ("云舵", "Yunduo"), ("珊岛", "Shandao"),
    ("螺吟", "Luoyin"), ("橹歌", "Luge"), ("蓝贝", "Lanbei"), ("晚汛", "Wanxun"), ("听涛崖", "Tingtaoya"),
)  # fmt: skip

PLACE_LAST = (("湾", "wan"), ("岬", "jia"), ("礁", "jiao"), ("渚", "zhu"), ("汀", "ting"), ("屿", "yu"))

SCHOOL_TYPES = (
    ("职业技术学院", "Vocational and Technical College"),
    ("技师学院", "Technician College"),
    ("中等职业学校", "Secondary Vocational School"),
    ("技工学校", "Technical School"),
)

# Each with the numbers of the skills its people compete in.
TRADES = (
    ("航空维修有限公司", "Aircraft Maintenance Co., Ltd.", (1,)),
    ("精密制造有限公司", "Precision Manufacturing Co., Ltd.", (2, 3, 4, 5)),
    ("重型装备有限公司", "Heavy Equipment Co., Ltd.", (2, 3, 4, 5, 21)),
    ("造船有限公司", "Shipbuilding Co., Ltd.", (2, 9, 21)),
    ("石化有限公司", "Petrochemical Co., Ltd.", (8, 9, 21)),
    ("检验检测有限公司", "Testing and Inspection Co., Ltd.", (8,)),
    ("电力检修有限公司", "Power Maintenance Co., Ltd.", (9, 5)),
    ("电子商务有限公司", "E-commerce Co., Ltd.", (10, 22)),
    ("形象设计有限公司", "Styling Co., Ltd.", (11, 12)),
    ("文化旅游有限公司", "Culture and Tourism Co., Ltd.", (13, 19)),
    ("养老服务有限公司", "Old-age Care Co., Ltd.", (14, 15)),
    ("轴承有限公司", "Bearing Co., Ltd.", (16, 3)),
    ("汽车服务有限公司", "Automobile Service Co., Ltd.", (18,)),
    ("餐饮管理有限公司", "Catering Co., Ltd.", (19, 13)),
    ("信息技术有限公司", "Information Technology Co., Ltd.", (22, 10)),
    ("家政服务有限公司", "Domestic Service Co., Ltd.", (15, 14)),
)
