"""What people say in the demo, and what the office does about it: made up, in the script of each estate."""

from typing import NamedTuple


class Matter(NamedTuple):
    """Something residents raise: the kind and category, the department, several ways to say it, the measure, the result."""

    key: str
    kind: str
    category: str
    department: str
    part: str | None
    said: tuple[str, ...]
    measure: str
    result: str


HANS = (
    Matter("lift", "complaint", "lift", "engineering", "common",
           ("电梯夜里有异响，老人睡不好，已经说过一次了。", "电梯从十楼往下走的时候抖一下，孩子害怕。", "早上等电梯要等七八分钟，能不能调一下停靠？"),
           "请电梯公司检查导轨和钢丝绳，更换磨损的滑块", "导轨滑块已更换，连续三晚听过，没有异响"),
    Matter("seepage", "repair", "maintenance", "engineering", "common",
           ("北面外墙渗水，下雨后卧室墙皮鼓起来一大片。", "厨房窗台下面一下雨就渗水，墙已经发霉了。", "楼顶防水不行，顶层客厅有水印。"),
           "外墙注浆堵漏，做闭水试验", "注浆完成，闭水四十八小时不渗"),
    Matter("garage", "repair", "parking", "engineering", "common",
           ("地下车库B2滴水，滴在车顶上。", "车库二区的灯坏了三盏，晚上看不清路。", "车库坡道的防滑条掉了，下雨天打滑。"),
           "更换灯管，补防滑条，堵漏后补漆", "灯已全部换好，坡道防滑条已补"),
    Matter("parking", "complaint", "parking", "security", None,
           ("消防通道天天有车停，万一有事怎么办。", "外来车辆停在我家车位上，打电话没人挪。", "电动车在楼道里充电，太危险了。"),
           "夜间加巡两次，违停贴单并电话通知车主", "本月加巡四十二次，消防通道保持畅通"),
    Matter("dog", "complaint", "pets", "security", None,
           ("有人遛狗不牵绳，小孩被吓哭了。", "草坪上狗屎没人清理，希望管一管。", "楼上狗半夜叫，邻居都睡不好。"),
           "每晚九点到十一点巡视劝导，门岗登记犬只", "劝导二十六人次，入口放了拾便袋"),
    Matter("cleaning", "suggestion", "cleaning", "cleaning", None,
           ("楼道扶手好久没擦了，一摸一手灰。", "垃圾桶旁边味道大，夏天要多冲洗。", "电梯轿厢地垫脏了，建议每周换两次。"),
           "楼道每日清扫两遍，垃圾桶点每日冲洗", "已按新频次执行，主管每周抽查"),
    Matter("greening", "suggestion", "greening", "greening", None,
           ("树枝挡住了一楼采光，建议修剪一下。", "草坪有块地方秃了，下雨全是泥。", "花坛里的月季生虫了，能不能打点药。"),
           "修剪乔木下层枝，补种草皮", "修剪完成，草皮已补种并围护"),
    Matter("noise", "complaint", "neighbours", "customer_service", None,
           ("楼上周末装修，影响老人休息。", "隔壁晚上十一点还在唱歌。", "广场舞音响太大，孩子没法做作业。"),
           "上门劝导，装修时间按公约执行，音响限时", "双方已约好时间，再未发生"),
    Matter("fees", "inquiry", "fees", "customer_service", None,
           ("公共水电分摊是怎么算的，想看看明细。", "车位费发票能不能补开？", "物业费可以按季度交吗？"),
           "提供分摊明细，逐户说明", "明细已送到，住户表示清楚了"),
    Matter("water", "help", "water_power", "engineering", "private",
           ("水压太小，热水器点不着。", "家里老是跳闸，查不出原因。", "自来水有点黄，放一会儿才清。"),
           "清洗水箱，检查减压阀", "水箱已清洗，水质化验合格"),
    Matter("gate", "suggestion", "security", "security", None,
           ("门禁有时候刷脸刷不开，下雨天很麻烦。", "外卖员随便进出，希望登记一下。", "西门晚上没有人，建议安排值班。"),
           "升级门禁程序，访客扫码登记", "门禁已升级，西门夜间有人值守"),
    Matter("locker", "suggestion", "maintenance", "customer_service", None,
           ("西门希望增设快递柜，现在要走到南门拿。", "快递柜经常满，能不能加一组？"),
           "与快递公司商谈增设位置", "西门快递柜已装好，可以使用"),
    Matter("praise", "praise", "service", "customer_service", None,
           ("保安小伙子帮我把轮椅抬上台阶，谢谢。", "维修师傅来得快，走的时候还把地擦干净了。", "前台的姑娘态度好，事情说得清楚。"),
           "转告本人，列入月度表扬", "已在例会上表扬"),
)  # fmt: skip

HANT = (
    Matter("lift", "complaint", "lift", "engineering", "common",
           ("升降機晚上有異響，長者睡得不好。", "升降機平層不準，輪椅出入有高低。"),
           "請升降機承辦商檢查導軌及鋼纜", "導軌滑塊已更換，連續三晚無異響"),
    Matter("seepage", "repair", "maintenance", "engineering", "common",
           ("外牆滲水，雨後睡房牆身發霉。", "廚房天花滴水，懷疑上層喉管漏水。"),
           "安排滲漏檢測，外牆灌漿", "灌漿完成，測試四十八小時無滲漏"),
    Matter("rubbish", "suggestion", "cleaning", "cleaning", None,
           ("梯間垃圾房有異味，希望加密清洗。", "大堂地面太滑，落雨天容易跌倒。"),
           "垃圾房每日沖洗兩次，大堂鋪設防滑墊", "已按新安排執行，主管每週抽查"),
    Matter("parking", "complaint", "parking", "security", None,
           ("訪客車位長期被佔用，希望跟進。", "電單車停在行人路上，阻住嬰兒車。"),
           "加強巡邏，違泊車輛發出通知", "本月發出通知十八張，情況已改善"),
    Matter("dog", "complaint", "pets", "security", None,
           ("有住戶放狗不拖繩，小朋友很害怕。", "平台花園有狗糞無人清理。"),
           "平台張貼告示，保安定時巡視勸導", "已勸導十二人次，增設狗糞箱"),
    Matter("noise", "complaint", "neighbours", "customer_service", None,
           ("樓上深夜拖枱凳，影響睡眠。", "裝修單位週日施工，請管理處跟進。"),
           "上門勸導，裝修時間按公契執行", "雙方已協調時間，再無發生"),
    Matter("fees", "inquiry", "fees", "customer_service", None,
           ("管理費可否用轉數快繳交？", "想查詢維修基金的用途。"),
           "提供帳目摘要，逐項說明", "摘要已送上，住戶表示清楚"),
    Matter("praise", "praise", "service", "customer_service", None,
           ("保安員幫忙搬輪椅，十分有禮。", "師傅維修快捷，離開前把地方抹乾淨。"),
           "轉告本人並列入月度表揚", "已於例會表揚"),
)  # fmt: skip

REPORTED = {
    "zh-Hans": (
        "通报：12月1日清洗水箱，停水半天；电梯年检已通过。",
        "通报：本月起楼道每日清扫两遍；西门门禁已升级。",
        "通报：公共区域灭火器已更换；请勿在楼道给电动车充电。",
        "通报：外墙注浆从7栋开始，施工时间上午8点至12点。",
    ),
    "zh-Hant": (
        "通報：本月清洗水缸，停水半日；升降機年檢已通過。",
        "通報：大堂已鋪設防滑墊；垃圾房每日沖洗兩次。",
        "通報：消防設備年檢已完成；請勿在走廊擺放雜物。",
    ),
}

ANSWERED = {
    "zh-Hans": (
        "已当场解释收费标准，并留下服务电话。",
        "当场联系前台登记，住户表示可以。",
        "已说明办理地点和所需材料。",
    ),
    "zh-Hant": ("已即場解釋收費安排，並留下服務電話。", "即場聯絡前台登記，住戶表示接受。"),
}

ATTEMPTS = {
    "zh-Hans": {"not_in": "敲门无人应，已留联系卡。", "refused": "住户表示没有时间，不愿多谈。",
                "moved": "邻居说上月已搬走。", "another_day": "家里有客人，约改天再来。"},
    "zh-Hant": {"not_in": "按門鈴無人應，已留聯絡卡。", "refused": "住戶表示沒有時間。",
                "moved": "鄰居說上月已搬走。", "another_day": "家中有客人，約改日再訪。"},
}  # fmt: skip

RETURNS = {
    "zh-Hans": (
        ("/body/no_signature_because", "请写明住户没有签名的原因。"),
        ("/body/reported", "通报了哪些工作，请写具体。"),
        ("/body/remark", "请补充约定的回访时间。"),
    ),
    "zh-Hant": (
        ("/body/no_signature_because", "請寫明住戶沒有簽名的原因。"),
        ("/body/reported", "通報了哪些工作，請寫具體。"),
    ),
}

NOT_SATISFIED = {
    "zh-Hans": ("修了以后又出现了，请再来看一下。", "只处理了一半，希望彻底解决。"),
    "zh-Hant": ("維修後又再出現，請再跟進。", "只處理了一半，希望徹底解決。"),
}

SURVEY_REMARKS = {
    "zh-Hans": ("希望电梯再检查一遍。", "保洁可以更勤一点。", "整体比去年好。", "车位还是紧张。", "晚上巡逻要加强。"),
    "zh-Hant": ("希望加密清潔。", "整體比去年好。", "訪客車位不足。"),
}
