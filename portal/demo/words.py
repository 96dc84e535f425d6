"""What is said at the steps of an opinion's life in the demo, in the script of each estate."""

from collections.abc import Mapping

from portal.domain.lives import OpinionAction as Action

STEPS: Mapping[str, Mapping[Action, tuple[str, ...]]] = {
    "zh-Hans": {
        Action.ASSIGN: ("请部门三天内给出措施。", "请先联系住户约时间，再上门查看。", "同类问题已有几户，请一并处理。"),
        Action.ACKNOWLEDGE: (
            "已致电住户，告知受理编号和办理人。",
            "当面复述了诉求，住户确认无误，已告知答复期限。",
            "已发短信告知受理，三天内答复。",
        ),
        Action.JUDGE: ("成立，一般投诉。", "成立。属本处职责，按一般投诉办理。", "部分成立，责任部门需说明情况。"),
        Action.INVESTIGATE: (
            "现场看过，情况属实，平时检查没有做到位。",
            "查了值班和检查记录，问题出在交接，夜班没有跟进。",
            "与住户一起到现场看过，原因清楚，属设施老化。",
        ),
        Action.ANSWER: (
            "已向住户说明处理办法和完成日期，住户同意。",
            "电话答复住户，并寄送答复单，住户表示可以接受。",
            "当面答复，住户希望完成后再听一次结果。",
        ),
        Action.SATISFY: ("住户表示满意。", "住户说比以前好多了。", "已看过现场，没有再发生。", ""),
        Action.EXPLAIN: (
            "已上门说明：涉及专项维修资金，须业主表决，先做临时处理。",
            "已说明按规约只能劝导，住户表示理解。",
            "已解释施工须避开雨季，四月安排，住户同意等待。",
        ),
        Action.PUT_OFF: (
            "需更换整套设备，今年预算不够，列入明年计划。",
            "要等市政管网改造，已登记跟进，每季度告知住户一次进展。",
        ),
        Action.DECLINE: (
            "设计如此，改动会影响承重，不能施工，已书面说明理由。",
            "地面车位已无空余，无法增设，已告知可登记轮候。",
        ),
        Action.EXIT: ("三轮处理均已复查，技术条件所限，经审核结束办理，已告知住户可向街道或主管部门反映。",),
    },
    "zh-Hant": {
        Action.ASSIGN: ("請部門三天內提出措施。", "請先聯絡住戶約時間，再上門查看。", "同類問題已有數戶，請一併跟進。"),
        Action.ACKNOWLEDGE: (
            "已致電住戶，告知受理編號及跟進人。",
            "即場覆述訴求，住戶確認無誤，並告知答覆期限。",
        ),
        Action.JUDGE: ("成立，一般投訴。", "成立，屬管理處職責。", "部分成立，部門需說明情況。"),
        Action.INVESTIGATE: (
            "現場看過，情況屬實，日常檢查未夠仔細。",
            "查閱更簿及巡查紀錄，夜更未有跟進。",
        ),
        Action.ANSWER: (
            "已向住戶說明處理方法及完成日期，住戶同意。",
            "致電答覆住戶，並派發答覆單，住戶表示接受。",
        ),
        Action.SATISFY: ("住戶表示滿意。", "住戶說比以前好。", "現場看過，沒有再發生。", ""),
        Action.EXPLAIN: (
            "已上門說明：須經法團會議通過撥款，先作臨時處理。",
            "已說明按公契只能勸諭，住戶表示理解。",
        ),
        Action.PUT_OFF: (
            "須更換整組設備，本年度預算不足，列入下年度計劃。",
            "須待政府渠務工程完成，每季告知住戶一次進展。",
        ),
        Action.DECLINE: (
            "原設計如此，改動會影響結構，不能施工，已書面說明理由。",
            "訪客車位數目有限，未能增設，已告知可預先登記。",
        ),
        Action.EXIT: ("三輪處理均已複查，受技術條件所限，經覆核結束跟進，已告知住戶可向相關政府部門反映。",),
    },
}

AGAIN = {"zh-Hans": "主管到场跟进：", "zh-Hant": "主管到場跟進："}

PROPOSED = {"zh-Hans": "拟采取的办法：", "zh-Hant": "擬採取的方法："}

HELD_UP = {
    "zh-Hans": "（配件要向厂家订货，到货比预计晚，到货当天安装）",
    "zh-Hant": "（零件須向廠方訂購，到貨較預期遲，到貨當日安裝）",
}

CONTRACTOR = {"zh-Hans": "值班工程师", "zh-Hant": "當值技工"}

BRIEFS = {
    "zh-Hans": (
        "近期工作：消防设施年检已完成；楼道每日清扫两遍；近日外墙注浆从7栋开始，上午8点至12点施工。"
        "请提醒住户不要在楼道给电动车充电。"
    ),
    "zh-Hant": "近期工作：升降機年檢已完成；大堂鋪設防滑墊；近日起A座外牆維修，上午9時至下午5時施工。請提醒住戶關好窗戶。",
}

ITEM_REMARKS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "zh-Hans": {
        "service_attitude": ("打电话有时没人接。", "前台换人以后，同一件事要说两遍。"),
        "security": ("西门晚上看不到人巡逻。", "外卖员进出没有登记。"),
        "cleaning": ("楼道一周才拖一次。", "垃圾桶边上夏天味道大。", "电梯地垫换得不勤。"),
        "greening": ("一楼窗前的树太密了。", "草坪秃了一块，下雨都是泥。"),
        "facility_repair": ("电梯希望再检查一遍。", "单元门闭门器坏了很久。"),
        "repair_timeliness": ("报修三天才来人。", "约了时间没有来，也没有打电话。"),
        "car_park": ("车位还是紧张。", "地库出口照明不够。"),
        "works_supervision": ("周末装修有噪音。", "装修垃圾在楼下堆了两天。"),
        "takeover": ("收房时说的几处小问题，拖了很久。",),
        "overall": ("整体比去年好，维修再快一点。", "事情最后都解决了，就是过程慢。"),
        "suggestion": (
            "希望每个月公布一次维修进度。",
            "建议多放几个拾便袋。",
            "西门能不能加一组快递柜？",
            "盼望儿童乐园的地垫早点换。",
        ),
    },
}


def words_of(script: str, action: Action) -> tuple[str, ...]:
    """What may be said at a step; one empty sentence where nothing need be said."""
    return STEPS[script].get(action, ("",))
