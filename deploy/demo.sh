#!/bin/sh
# The demonstration: set up what is missing, serve it, stop everything with it.
# `make demo` calls this; PORT, DATABASE_URL and VAR_DIR are honoured.
set -eu
cd "$(dirname "$0")/.."

PORT=${PORT:-8000}
export VAR_DIR="${VAR_DIR:-$PWD/var/demo}"
export SITE_ORIGIN="http://localhost:$PORT"
export ALLOWED_HOSTS="localhost,127.0.0.1"
export SIGN_IN_SANDBOX="http://localhost:$((PORT + 1))"
export MAIL_URL="${MAIL_URL:-console://}"
export LOG_LEVEL="${LOG_LEVEL:-WARNING}"
manage=".venv/bin/python manage.py"

umask 077
mkdir -p "$VAR_DIR"
if [ ! -s "$VAR_DIR/secret-key" ]; then
  .venv/bin/python -c "import secrets; print(secrets.token_urlsafe(50))" > "$VAR_DIR/secret-key"
fi
SECRET_KEY=$(cat "$VAR_DIR/secret-key")
export SECRET_KEY

echo "Preparing the database and the static files ..."
$manage migrate --verbosity 0
$manage createcachetable
$manage collectstatic --no-input --verbosity 0
people=$($manage load_demo)

pids=""
stop() {
  trap - EXIT INT TERM HUP
  [ -z "$pids" ] || kill $pids 2>/dev/null || true
  wait
}
trap stop EXIT
trap 'exit 0' INT TERM HUP

$manage sandbox & pids="$pids $!"
$manage db_worker --interval 1 & pids="$pids $!"
.venv/bin/gunicorn -c deploy/gunicorn.conf.py config.wsgi --bind "127.0.0.1:$PORT" \
  --workers 1 --log-level warning & pids="$pids $!"

# Ready once a page is: only then say where to click.
.venv/bin/python - "$SITE_ORIGIN" <<'PYTHON'
import sys, time, urllib.request
for _ in range(120):
    try:
        urllib.request.urlopen(sys.argv[1], timeout=30)
        break
    except OSError:  # refused, or too slow
        time.sleep(0.25)
else:
    sys.exit(f"The demonstration did not come up at {sys.argv[1]}: is the port taken?")
PYTHON

cat <<TEXT

Marginalia is at $SITE_ORIGIN

  The first article   $SITE_ORIGIN/2018/02/05/cambodia-and-japan-relations-after-65-years/
  The front page      $SITE_ORIGIN/
  The moderators      $SITE_ORIGIN/admin/comments/comment/desk/
  The editors         $SITE_ORIGIN/admin/articles/article/

$people

Google, Twitter and Facebook are played by a sandbox on this machine: reply, click an
icon, choose who to be. Ctrl+C stops everything.
TEXT

wait $pids
