# A little Markdown to HTML: headings, lists, paragraphs, and what HTML keeps for itself escaped.
function escape(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    return text
}
function close_block() {
    if (block != "") print "</" block ">"
    block = ""
}
BEGIN { print "<!doctype html><meta charset=utf-8><body>" }
/^$/ { close_block(); next }
/^#+ / {
    close_block()
    level = index($0, " ") - 1
    print "<h" level ">" escape(substr($0, level + 2)) "</h" level ">"
    next
}
/^- / {
    if (block != "ul") { close_block(); block = "ul"; print "<ul>" }
    print "<li>" escape(substr($0, 3)) "</li>"
    next
}
{
    if (block != "p") { close_block(); block = "p"; print "<p>" }
    print escape($0)
}
END { close_block(); print "</body>" }
