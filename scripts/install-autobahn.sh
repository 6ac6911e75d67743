#!/usr/bin/env bash
# Puts the Autobahn suite into .cache/autobahn, where its test finds it; for Debian and root. The suite speaks Python 2.7, which Debian
# shipped last in bullseye: nothing else is taken from there.
set -euo pipefail
cd "$(dirname "$0")/.."
home="$PWD/.cache/autobahn"
[ -x "$home/bin/wstest" ] && exit 0
if ! command -v python2.7 >/dev/null || [ ! -e /usr/include/python2.7/Python.h ]; then
  # From where this machine gets its Debian.
  mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' | awk '$2 !~ /security|updates|backports|nodistro|bullseye/ && $1 ~ /debian\/?$/ { print $1; exit }')
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" >/etc/apt/sources.list.d/bullseye.list
  printf 'Package: *\nPin: release n=bullseye\nPin-Priority: 100\n' >/etc/apt/preferences.d/bullseye
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python2.7 python2.7-dev gcc libc6-dev >/dev/null
fi
# The last virtualenv that makes environments for Python 2.7.
python3 -m venv "$home/tools"
"$home/tools/bin/pip" install -q 'virtualenv<20.22'
"$home/tools/bin/virtualenv" -q -p python2.7 "$home"
"$home/bin/pip" install -q 'autobahntestsuite==0.8.2' 2>/dev/null
"$home/bin/wstest" --help >/dev/null 2>&1
