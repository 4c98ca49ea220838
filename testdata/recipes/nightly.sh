#!/bin/sh
# Runs the audit, one at a time, and prints only what somebody should read: cron mails what is printed.
set -u
policy=${S3LAYOUT_POLICY:-/etc/s3layout/s3layout.yaml}
state=${S3LAYOUT_STATE:-/var/lib/s3layout}
busy=75 # flock would answer 1, which is what a failed gate is

said=$(mktemp) || exit 2
trap 'rm -f "$said"' EXIT
flock --nonblock --conflict-exit-code "$busy" "$state/lock" \
  s3layout audit -f "$policy" --history "$state/history" >"$said" 2>&1
code=$?
case $code in
  0) ;;
  "$busy") echo "s3layout: the run before is still under way" ;;
  *) cat "$said" ;;
esac
exit "$code"
