#!/usr/bin/env bash
# Builds frontend/ from src/. Users never need this: the built files are part of the package.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r src package.json package-lock.json "$work"
(cd "$work" && mkdir frontend && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build)
rm -rf frontend
cp -r "$work/frontend" frontend
# Of what it was built: a test compares, so that a source changed without a build is found on any machine.
find src package.json package-lock.json build.sh -type f | LC_ALL=C sort | xargs sha256sum >frontend/sources.sha256
