#!/bin/sh
# A Chromium and a Chinese font for the browser tests, where there is none.
have() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || [ -n "$CHROMIUM" ]; }
have && command -v pdftotext >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk poppler-utils postgresql && exit 0
fi
.venv/bin/python -m playwright install chromium && exit 0
echo "The browser tests need a Chromium and pdftotext: install the packages chromium, fonts-noto-cjk and poppler-utils" >&2
echo "of your distribution, or let Playwright fetch its own: .venv/bin/python -m playwright install chromium" >&2
exit 1
