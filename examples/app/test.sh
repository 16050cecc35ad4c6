# Checks rendered pages: each has a heading, every block that opens also closes, and nothing is left as Markdown.
status=0
for page in "$1"/*.html; do
    for tag in ul p; do
        if [ "$(grep -c "^<$tag>" "$page")" != "$(grep -c "^</$tag>" "$page")" ]; then
            echo "$page: <$tag> is not closed"
            status=1
        fi
    done
    grep -q '^<h1>.*</h1>$' "$page" || { echo "$page: no heading"; status=1; }
    ! grep -qE '^(#|- )' "$page" || { echo "$page: Markdown left"; status=1; }
    echo "checked $page"
done
exit $status
