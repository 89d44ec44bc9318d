#!/bin/sh
# Build a site and bring it to a server: rsync.sh SITE TARGET [rsync's options…]
#   contrib/deploy/rsync.sh blog deploy@www.example.org:/srv/feeds/
# Only files that changed are sent: their times are those at which the feeds changed. They appear together at the end.
set -eu

site=$1
target=$2
shift 2

feeds build "$site" --output "$site/public"
rsync --archive --delete-delay --delay-updates --exclude=/.feeds-build "$@" "$site/public/" "$target"
