"""The walk of the whole chain: who walks, and the words that are entered on the way and must come out at its end."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser

from tests.browser.tablet import Office, Tablet
from tests.browser.windows import Window
from tests.households.rosters import work

SURVEY = "入冬满意度调查"
BRIEF = "本月已更换 1 栋电梯的钢丝绳。"
SAID = "二楼里边的灯不亮：“夜里摸黑上楼，𠮷叔后脚踩空、差点摔倒”——面馆后门也一样 <b>&amp;</b> 100% 〇号井盖"
MORE = "，位置在东侧楼梯第 3 级"
PRAISED = "夜班保安帮老人提米上楼"
TITLE = "楼道灯夜间不亮"
EXPLAINED = "经检查，开关面板进水，余师傅已换表后线路。\n采购的感应灯月底到货，后两层先装。"
MEASURE = "更换二楼楼道的感应灯，装好后请反映的住户再走一遍"
OPENING = "近日走访中，住户反映楼道里边的灯夜里不亮。我们已逐层查看，答复如下，请您监督。"
PERSON = "余振东"
HANS = (TITLE, OPENING, EXPLAINED, MEASURE)
HANT = (
    "樓道燈夜間不亮",
    "近日走訪中，住戶反映樓道裡邊的燈夜裡不亮。我們已逐層查看，答覆如下，請您監督。",
    "經檢查，開關面板進水，余師傅已換表後線路。\n採購的感應燈月底到貨，後兩層先裝。",
    "更換二樓樓道的感應燈，裝好後請反映的住戶再走一遍",
)


def due() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=20)


class Walk:
    """Who walks, and what they learn on the way."""

    def __init__(self, office: Office, browser: Browser, tablet: Tablet, folder: Path) -> None:
        self.office, self.browser, self.tablet, self.folder = office, browser, tablet, folder
        self.windows: list[Window] = []
        self.desk: dict[str, Window] = {}

    def colleague(self, login: str) -> Window:
        if login not in self.desk:
            self.desk[login] = self.window().sign_in(login)
        return self.desk[login]

    def window(self, **options: object) -> Window:
        self.windows.append(Window(self.browser, self.office.address, **options))
        return self.windows[-1]

    def jobs(self) -> None:
        """The worker beside the server does what waits."""
        with self.office.app.app_context():
            work()

    def close(self) -> None:
        for window in self.windows:
            window.close()
            assert window.errors == []
