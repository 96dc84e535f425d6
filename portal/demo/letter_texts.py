"""The demo's open letters: what they answer, what they promise, and what became of it. Days count from publication."""

from typing import NamedTuple


class Fate(NamedTuple):
    """What becomes of a promise: ``done``, ``verified`` (done, and QA agrees later), ``changed`` (to ``until``), ``declined``."""

    what: str
    after: int
    hans: str
    hant: str
    until: int = 0


class Promise(NamedTuple):
    """A measure for an issue; ``start`` and ``due`` in days after publication."""

    action: str
    department: str | None
    due_kind: str
    due: int | None = None
    start: int | None = None
    actor: str = "office"
    fate: Fate | None = None


class Row(NamedTuple):
    """An issue: the matter that residents raised, its title, what was found, what is promised."""

    matter: str
    title: str
    explanation: str
    promises: tuple[Promise, ...]


class Letter(NamedTuple):
    """``day``: published so many days before the demo's day; ``until``: how far it has come."""

    community: str
    day: int
    until: str  # published | checked | draft
    title: str
    opening: str
    closing: str
    rows: tuple[Row, ...]


QINGHE = (
    Letter(
        "qinghe", 150, "published",
        "关于电梯异响、外墙渗水和地下车库问题的公开信",
        "近几个月走访中，大家反映最多的是电梯夜间异响、外墙渗水和地下车库照明不足。我们逐项查看了现场，现将原因、措施和完成时间"
        "公布如下，请大家监督。",
        "没有写进这封信的意见，我们仍会逐件答复。每项承诺做到哪一步，可以扫描信上的二维码查看。",
        (
            Row("lift", "电梯夜间异响", "电梯公司检查后确认，响声来自磨损的导轨滑块；早高峰等候时间长，是因为两部电梯同时逐层停靠。", (
                Promise("更换磨损的导轨滑块，换好后连续三晚到现场听", "engineering", "date", 25, fate=Fate(
                    "verified", 22, "六部电梯的滑块已全部更换，连续三晚到现场听，没有异响。", "六部電梯的滑塊已全部更換，連續三晚到現場聽，沒有異響。")),
                Promise("早高峰安排一部电梯隔层停靠", "engineering", "at_once", fate=Fate(
                    "done", 2, "已按新程序运行，早高峰等候时间缩短到三分钟以内。", "已按新程式運行，早高峰等候時間縮短到三分鐘以內。")),
                Promise("请电梯公司每月检查一次，结果贴在轿厢里", None, "recurring", 170, actor="contractor"),
            )),
            Row("seepage", "北面外墙渗水", "渗水集中在北面外墙的分格缝，雨季施工容易返潮，需要分段进行。", (
                Promise("北面外墙分段注浆堵漏，完成一段验收一段", "engineering", "span", 60, 10, fate=Fate(
                    "changed", 52, "雨季比往年长，注浆须待墙面干透，完成日期顺延，施工单位不变。",
                    "雨季比往年長，注漿須待牆面乾透，完成日期順延，施工單位不變。", until=172)),
                Promise("整理资料，就使用专项维修资金征求业主意见", "customer_service", "date", 40, actor="jointly", fate=Fate(
                    "done", 38, "资料已备齐并公示十天，征求意见结果已张贴。", "資料已備齊並公示十天，徵求意見結果已張貼。")),
            )),
            Row("garage", "地下车库照明和滴水", "车库二区灯管老化；滴水来自顶板伸缩缝。", (
                Promise("更换二区全部灯管，补齐坡道防滑条", "engineering", "date", 14, fate=Fate(
                    "verified", 12, "灯管全部换成节能灯，防滑条已补齐。", "燈管全部換成節能燈，防滑條已補齊。")),
                Promise("伸缩缝堵漏，完成后重画车位线", "engineering", "date", 128, fate=Fate(
                    "changed", 121, "堵漏材料两次复检才合格，开工晚了三周，车位线要等堵漏层干透再画。",
                    "堵漏材料兩次複檢才合格，開工晚了三週，車位線要等堵漏層乾透再畫。", until=147)),
                Promise("在车库出口加装遮雨棚", "engineering", "date", 90, fate=Fate(
                    "declined", 61, "经测量，加装后消防车通行高度不够，不能安装；改为加装排水沟。",
                    "經測量，加裝後消防車通行高度不夠，不能安裝；改為加裝排水溝。")),
            )),
        ),
    ),
    Letter(
        "qinghe", 19, "published",
        "关于遛狗、停车和楼道清洁的公开信",
        "感谢大家在这次满意度调查中认真填写意见。意见比较集中的是遛狗不牵绳、消防通道停车和楼道清洁，我们这样处理。",
        "改得好不好，由大家评价。三月底我们会再走访反映过这些问题的住户，听一听结果。",
        (
            Row("dog", "遛狗不牵绳，草坪有粪便", "多数发生在晚上九点以后和清晨，以前这个时段没有安排巡视。", (
                Promise("每晚九点到十一点增加一次巡视，当面劝导", "security", "ongoing"),
                Promise("在三个入口和草坪边放置拾便袋", "cleaning", "date", 10, fate=Fate(
                    "done", 8, "六处拾便袋箱已安装，每天补充。", "六處拾便袋箱已安裝，每天補充。")),
                Promise("遛狗请牵绳，并带走粪便", None, "ongoing", actor="owner"),
            )),
            Row("parking", "消防通道停车", "晚上回来晚的车找不到车位，临时停在通道上。", (
                Promise("夜间加巡两次，先电话联系车主，不挪的贴单并公布次数", "security", "begun"),
                Promise("重新划出临时停车区，方便夜间停放", "security", "date", 45),
                Promise("请交警部门支援，清理长期停放的无主车辆", None, "date", 60, actor="authority"),
            )),
            Row("cleaning", "楼道和垃圾桶点清洁", "楼道原来每天清扫一遍，扶手没有列入。", (
                Promise("楼道每天清扫两遍，扶手每天擦一遍", "cleaning", "begun", fate=Fate(
                    "done", 6, "新的清扫表已执行，贴在各单元门厅。", "新的清掃表已執行，貼在各單元門廳。")),
                Promise("垃圾桶点每天冲洗，夏天每天两次", "cleaning", "recurring", 40),
            )),
        ),
    ),
    Letter(
        "yunxi", 2, "checked",
        "关于水压不足和装修噪音的公开信",
        "入住不久，大家反映水压不足和装修噪音的比较多。水的问题由工程部负责，装修的问题由客服部负责，办法如下。",
        "装修户和住户都是邻居，请互相体谅。施工时间以公约为准，超时施工请随时打值班电话。",
        (
            Row("water", "高层水压不足", "高层减压阀的设定偏低，水箱进水管有杂质。", (
                Promise("清洗水箱和进水管，重新设定减压阀", "engineering", "date", 20),
                Promise("换季时检测一次水压和水质，结果张贴公布", "engineering", "recurring", 95),
            )),
            Row("noise", "装修噪音", "周末施工的装修户，多数没有看过施工时间的规定。", (
                Promise("每户装修前当面说明施工时间，签收告知书", "customer_service", "begun"),
                Promise("周末安排专人巡查，超时施工当场劝停", "customer_service", "ongoing"),
            )),
        ),
    ),
    Letter(
        "qinghe", 1, "draft",
        "关于绿化和门禁的公开信",
        "开春以后，大家对绿化和门禁提了不少建议，我们整理如下。",
        "其他意见会逐件答复。",
        (
            Row("greening", "树木修剪和草坪补种", "后院的树干枯了两棵，草坪松土以后再种草，四月见效。", (
                Promise("修剪遮挡一楼采光的树枝，清理干枯的树", "greening", "date", 21),
                Promise("草坪松土以后种草，围护一个月", "greening", "span", 50, 15),
            )),
            Row("gate", "门禁和访客登记", "门禁主机在雨天识别慢，外来送货人员没有登记。", (
                Promise("升级门禁程序，雨天安排值班人员协助", "security", "date", 30),
            )),
        ),
    ),
)  # fmt: skip

WANGHAI = (
    Letter(
        "wanghai", 33, "published",
        "關於升降機異響、外牆滲水及垃圾房氣味的公開信",
        "各位在家訪和來電中提出最多的，是升降機夜間異響、外牆滲水和垃圾房氣味。管理處已逐項查看，現將原因、措施和完成日期公布如下。",
        "未有列入本信的意見，管理處會逐一答覆。各項承諾的進度，可掃描信上的二維碼查閱。",
        (
            Row("lift", "升降機夜間異響", "承辦商檢查後確認，響聲來自磨損的導軌滑塊。", (
                Promise("更換導軌滑塊，完成後連續三晚測試", "engineering", "date", 20, fate=Fate(
                    "verified", 18, "两部升降机的滑块已更换，连续三晚测试没有异响。", "兩部升降機的滑塊已更換，連續三晚測試沒有異響。")),
                Promise("請承辦商每月提交檢查報告，張貼於大堂", None, "recurring", 60, actor="contractor"),
            )),
            Row("seepage", "外牆滲水", "滲水位置在外牆石屎接縫，須搭棚施工。", (
                Promise("安排滲漏檢測，向業主匯報結果", "engineering", "date", 21, fate=Fate(
                    "changed", 19, "检测公司须待连续三日无雨才可进行，日期顺延。", "檢測公司須待連續三日無雨才可進行，日期順延。", until=41)),
                Promise("分段進行外牆灌漿，施工前三天張貼通告", "engineering", "span", 75, 30),
            )),
            Row("rubbish", "垃圾房氣味及大堂濕滑", "垃圾房原本每日沖洗一次，雨天大堂未有鋪設防滑墊。", (
                Promise("垃圾房每日沖洗兩次", "cleaning", "begun", fate=Fate(
                    "done", 4, "新安排已执行，主管每周抽查。", "新安排已執行，主管每週抽查。")),
                Promise("雨天在大堂鋪設防滑墊", "cleaning", "at_once", fate=Fate(
                    "done", 1, "防滑垫已备妥，雨天即铺。", "防滑墊已備妥，雨天即鋪。")),
            )),
        ),
    ),
)  # fmt: skip

LETTERS = {"qinghe": QINGHE, "wanghai": WANGHAI}

HARMLESS = {"zh-Hans": "日常用词，不指任何人。", "zh-Hant": "日常用詞，不指任何人。"}
HOLDS = {"zh-Hans": "已到现场看过，并问了三户住户，情况属实。", "zh-Hant": "已到現場看過，並詢問三戶住戶，情況屬實。"}
BOARDS = {
    "qinghe": ("南门公告栏", "三号楼大厅公告板"),
    "yunxi": ("东门公告栏",),
    "wanghai": ("A座大堂佈告板", "平台花園佈告板"),
}
