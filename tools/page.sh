#!/bin/sh
# A page of what the tour has made, as HTML: every figure with what it shows, the
# chapter it belongs to and the command that makes it; the gradients; samples.
#
# usage: sh tools/page.sh build/tour > build/tour/index.html
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
out=$1
up=$(printf '%s' "$out" | sed 's|[^/][^/]*|..|g') # from the page back to the course

cat <<'END'
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradus: what the tour made</title>
<style>
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fbfaf7; --card: #fff; --line: #dedbd3; --quiet: #5d6068; --link: #1a5fb4 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #17181b; --card: #222428; --line: #3a3d43; --quiet: #a5a8af; --link: #8ab8f2 } }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 4rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper) }
h1 { margin: 0 0 .2rem } h2 { margin: 2.5rem 0 .8rem; font-size: 1.25rem } p { margin: .2rem 0 .8rem; max-width: 44rem }
a { color: var(--link) } code { font-size: .9em }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem }
figure { margin: 0; padding: .7rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; display: flex; flex-direction: column }
figure img { width: 100%; height: auto; background: #fff; border-radius: .25rem }
figcaption { margin-top: .6rem } figcaption small { display: block; margin-top: .2rem; color: var(--quiet) }
.samples img { image-rendering: pixelated }
table { border-collapse: collapse } td, th { padding: .15rem .9rem .15rem 0; text-align: left; border-bottom: 1px solid var(--line) } td.number { text-align: right; font-variant-numeric: tabular-nums }
</style>
</head>
<body>
<h1>Gradus: what the tour made</h1>
END
printf '<p>All of it was computed on this machine just now, from the C code of the course. The GANs trained for half as long as those of <code>make figures</code>, which draws the figures of the chapters. Read on in <a href="%s/chapters/00_program.md">chapter 0</a>.</p>\n' "$up"

# The last samples of every run.
echo '<h2>What the GANs draw</h2>'
echo '<div class="cards samples">'
for run in "$out"/17_*/ "$out"/20_*/; do
    last=$(ls "$run"samples/*.png 2>/dev/null | tail -n 1)
    [ -n "$last" ] || continue
    name=$(basename "$run")
    epoch=$(basename "$last" .png | sed 's/[^0-9]//g; s/^0*//')
    case $name in
    17_both) what="the blog's GAN, batch norm in both networks, as it is given" ;;
    17_generator) what="the same, batch norm in the generator alone" ;;
    17_none) what="the same without batch norm" ;;
    20_upsample) what="the notebook's GAN with upsampling" ;;
    20_transpose) what="the notebook's GAN with transposed convolutions" ;;
    *) what=$name ;;
    esac
    printf '<figure><img src="%s" alt="Digits drawn after %s epochs by %s" loading="lazy"><figcaption>%s<small>epoch %s; all epochs are in <code>%ssamples</code></small></figcaption></figure>\n' \
        "${last#"$out/"}" "$epoch" "$what" "$what" "$epoch" "$run"
done
echo '</div>'

# Figures, in the order of the README's tables.
echo '<h2>What each chapter shows</h2>'
echo '<div class="cards">'
awk -F ' *[|] *' '/<img src="docs\/figures/ && /^[|]/ {
    stem = $0; sub(/.*docs\/figures\//, "", stem); sub(/".*/, "", stem); sub(/.*\//, "", stem); sub(/(_mean|_epochs)*\.png/, "", stem)
    alt = $0; sub(/.*alt="/, "", alt); sub(/".*/, "", alt)
    numbered = $2 ~ /^[0-9][0-9]$/
    print stem "|" alt "|" (numbered ? $4 : $2) "|" (numbered ? $5 : $3) "|" (numbered ? "" : " TRACK=fast")
}' README.md | while IFS='|' read -r stem alt chapter shows track; do
    [ -e "$out/$stem.svg" ] || [ -e "$out/$stem.png" ] || continue
    link=$(printf '%s' "$chapter" | sed "s|\[\([^]]*\)\](\([^)]*\))|<a href=\"$up/\2\">\1</a>|g")
    number=${stem%%_*}
    printf '<figure><a href="%s.svg"><img src="%s.png" alt="%s" loading="lazy"></a><figcaption><strong>%s. %s</strong><br>%s<small><code>make chapter N=%d%s</code></small></figcaption></figure>\n' \
        "$stem" "$stem" "$alt" "$number" "$link" "$shows" "${number#0}" "$track"
done
echo '</div>'

# The gradients, a line a module.
if [ -e "$out/gradcheck.tsv" ]; then
    echo '<h2>Every gradient against finite differences</h2>'
    echo '<table><tr><th>module</th><th>tensors</th><th>largest error</th><th>verdict</th></tr>'
    awk -F '\t' 'NR > 1 { if (!($1 in n)) name[++modules] = $1; n[$1]++; if ($8 > largest[$1]) largest[$1] = $8
                          if ($9 != "PASS" && verdict[$1] != "BUG") verdict[$1] = $9 }
        END { for (i = 1; i <= modules; i++) { m = name[i]
            printf "<tr><td>%s</td><td class=\"number\">%d</td><td class=\"number\">%.1e</td><td>%s</td></tr>\n", m, n[m], largest[m], verdict[m] == "" ? "PASS" : verdict[m] } }' "$out/gradcheck.tsv"
    echo '</table>'
    echo '<p>error: the difference by the largest slope of its tensor. Row by row: <code>build/bin/gradcheck --all</code>.</p>'
fi
printf '</body>\n</html>\n'
