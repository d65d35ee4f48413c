-- From a chapter in Markdown to a page of the book: links between pages, figures with captions and the command that makes
-- them, tables and code that can be scrolled, and from each table of findings a way to the verdict.
--
-- Variables of the environment: PAGE, the Markdown file's path; TARGETS, a file that receives the path of every other file
-- that is linked to (each becomes a page or a copy); VERDICTS, a table of claims and the anchors of their sections.

local page, targets = os.getenv("PAGE"), os.getenv("TARGETS")
local folder = page:match("^(.*/)") or ""

-- "chapters/" and "../docs/x.md" to "docs/x.md".
local function resolve(path)
    local parts = {}
    for part in (folder .. path):gmatch("[^/]+") do
        if part == ".." then table.remove(parts) elseif part ~= "." then parts[#parts + 1] = part end
    end
    return table.concat(parts, "/")
end

local function record(kind, path)
    local file = targets and io.open(targets, "a")
    if file then
        file:write(kind, "\t", path, "\n")
        file:close()
    end
end

local function page_of(target)
    if target:match("^%a+:") or target:match("^#") then return target end
    local path, anchor = target:match("^([^#]*)(.*)$")
    if path:match("%.md$") then
        record("page", resolve(path))
        path = path:gsub("README%.md$", "index.html"):gsub("%.md$", ".html")
    elseif path:match("%.png$") or path:match("%.svg$") then
        record("copy", resolve(path))
    else
        path = path:gsub("/$", "")
        record("source", resolve(path))
        path = path .. ".html"
    end
    return path .. anchor
end

-- ---- which claims a table is about ---------------------------------------------------------------------

local anchors, titles = {}, {}
for line in io.lines(os.getenv("VERDICTS")) do
    local claim, anchor, title = line:match("^(%S+)\t(%S+)\t(.*)$")
    if claim then anchors[claim], titles[claim] = anchor, title end
end
local root = folder:gsub("[^/]+", "..")
local function verdict_link(claim)
    local section = claim:match("^%a%d+")
    return anchors[section] and pandoc.Link(section .. ": " .. titles[section], root .. "docs/verdict.html#" .. anchors[section])
end

local function claims_of(comment, rows)
    local seen, list = {}, {}
    local function add(claim)
        local section = claim:match("^[MR]%d+")
        if section and not seen[section] then
            seen[section] = true
            list[#list + 1] = section
        end
    end
    for claim in (comment:match("claim=(%S+)") or ""):gmatch("[^+]+") do add(claim) end
    for _, body in ipairs(rows.bodies) do
        for _, row in ipairs(body.body) do add(pandoc.utils.stringify(row.cells[1].contents)) end
    end
    return list
end

-- ---- figures ---------------------------------------------------------------------------------------------

-- By what command, seed and scale a figure is made: its place says it.
local function made(path)
    local stem = path:match("([^/]+)%.png$")
    if not stem then return nil end
    local number = stem:match("^(%d+)_")
    if path:match("/verdict[^/]*$") then return "make verdict SCALE=full", "seeds 1 to 40 (as many as the plan asks), full scale" end
    if path:match("/training_step") then return "make bench", "seed 1" end
    if path:match("full%-mnist/") then return "make SCALE=full DATA=mnist " .. path:gsub("docs/figures", "build"), "seed 1, full scale, MNIST" end
    if path:match("full/") then return "make SCALE=full " .. path:gsub("docs/figures", "build"), "seed 1 on, full scale" end
    return number and "make chapter N=" .. tonumber(number), "seed 1 on, quick scale"
end

local function caption_of(block)
    return block and block.t == "Para" and #block.content == 1 and block.content[1].t == "Emph" and block.content[1].content
end

-- ' width="800" height="600"', as a PNG's or an SVG's first bytes say, so that a page keeps its place while pictures load.
local function size_of(path)
    local file = io.open(path, "rb")
    local head = file and file:read(600) or ""
    if file then file:close() end
    local width, height = head:match('viewBox="0 0 ([%d.]+) ([%d.]+)"')
    if head:sub(2, 4) == "PNG" then width, height = string.unpack(">I4I4", head, 17) end
    return width and (' width="%d" height="%d"'):format(width // 1, height // 1) or ""
end

-- The blocks of a figure: its picture, and beneath it the caption and what makes it.
local function figure(out, image, caption)
    local command, how = made(resolve(image.src))
    local made_by = command and ('<span class="made">Made by <code>%s</code>: %s.</span>'):format(command, how) or ""
    record("copy", resolve(image.src))
    out:insert(pandoc.RawBlock("html", ('<figure>\n<img src="%s" alt="%s"%s loading="lazy">\n<figcaption>'):format(
        image.src, (pandoc.utils.stringify(image.caption):gsub('"', "&quot;")), size_of(resolve(image.src)))))
    if caption then out:insert(pandoc.Plain(caption)) end
    out:insert(pandoc.RawBlock("html", made_by .. "</figcaption>\n</figure>"))
end

-- ---- blocks -------------------------------------------------------------------------------------------------

local function scrollable(label, block)
    return pandoc.Div({ block }, pandoc.Attr("", { "scroll" }, { { "tabindex", "0" }, { "role", "region" }, { "aria-label", label } }))
end

local function only_image(block)
    if block.t ~= "Para" or #block.content ~= 1 then return nil end
    local image = block.content[1]
    if image.t == "Link" and #image.content == 1 then image = image.content[1] end
    return image.t == "Image" and image or nil
end

-- Where a live figure will stand; with scripts off, the still picture of the chapter that it belongs to.
local still = { slopes = "03_gradcheck", broken = "12_batchnorm", bowl = "08_optimizer", four = "12_batchnorm", cloud = "13_inference",
    bands = "14_shift", plane = "16_modes", digits = "17_mlp_gan", checker = "19_upsample" }
local function live_place(kind)
    local picture = "docs/figures/" .. still[kind] .. ".png"
    record("copy", picture)
    return ('<div class="live" data-figure="%s"><figure class="still"><img src="%s%s" alt="The figure of chapter %d, which stands still"%s loading="lazy"><figcaption>A live figure comes here, where scripts and WebAssembly are at hand; this one stands still.</figcaption></figure></div>'):format(
        kind, root, picture, tonumber(still[kind]:sub(1, 2)), size_of(picture))
end

local table_count = 0
function Blocks(blocks)
    local out, i, comment = pandoc.List(), 1, ""
    while i <= #blocks do
        local block, image = blocks[i], only_image(blocks[i])
        if image then
            local caption = caption_of(blocks[i + 1])
            figure(out, image, caption)
            if caption then i = i + 1 end
        elseif block.t == "RawBlock" and block.text:match("^<!%-%- live ") then
            local kind = block.text:match("^<!%-%- live (%S+)")
            out:insert(pandoc.RawBlock("html", live_place(kind)))
        elseif block.t == "RawBlock" and block.text:match("^<!%-%-") then
            comment = block.text
        elseif block.t == "Table" then
            table_count = table_count + 1
            out:insert(scrollable("Table " .. table_count, block))
            local links = pandoc.List()
            if comment:match("results/verdict/") and not page:match("verdict") then
                for _, claim in ipairs(claims_of(comment, block)) do
                    if #links > 0 then links:insert(pandoc.Str(", ")) end
                    links:insert(verdict_link(claim) or pandoc.Str(claim))
                end
            end
            if #links > 0 then
                links:insert(1, pandoc.Str("The verdict, with every run: "))
                out:insert(pandoc.Div({ pandoc.Para(links) }, pandoc.Attr("", { "verdicts" })))
            end
            comment = ""
        else
            out:insert(block)
            comment = block.t == "CodeBlock" and "" or comment
        end
        i = i + 1
    end
    return out
end

-- A formula and the full stop after it stay on one line.
function Inlines(inlines)
    local out, i = pandoc.List(), 1
    while i <= #inlines do
        local this, following = inlines[i], inlines[i + 1]
        local stop = this.t == "Math" and this.mathtype == "InlineMath" and following and following.t == "Str" and following.text:match("^[%.,;:%)%?!]+")
        if stop then
            out:insert(pandoc.Span({ this, pandoc.Str(stop) }, pandoc.Attr("", { "together" })))
            if #following.text > #stop then out:insert(pandoc.Str(following.text:sub(#stop + 1))) end
            i = i + 1
        else
            out:insert(this)
        end
        i = i + 1
    end
    return out
end

-- The map of chapters: a graph in the code block's words, drawn by graphviz, where each box leads to its chapter.
local function drawn(graph)
    local dot = { 'digraph { rankdir=TB; ranksep=0.35; nodesep=0.15; node [shape=box style=rounded fontname="sans-serif" fontsize=12 height=0.3]; edge [arrowsize=0.6]' }
    for node, number, name in graph:gmatch('(m%d+)%["(%d+) ([%w_]+)"%]') do
        local stem = number .. "_" .. name
        dot[#dot + 1] = ('%s [label="%s %s" URL="%schapters/%s.html"]'):format(node, number, name, root, stem)
    end
    for from, to in graph:gmatch("(m%d+) %-%-> (m%d+)") do dot[#dot + 1] = from .. " -> " .. to end
    dot[#dot + 1] = "}"
    local done, svg = pcall(pandoc.pipe, "dot", { "-Tsvg" }, table.concat(dot, "\n"))
    if not done then return nil end
    svg = svg:gsub("^.-<svg", '<svg role="img" aria-label="Which chapter needs which"', 1):gsub('"black"', '"currentColor"'):gsub('fill="white"', 'fill="none"'):gsub("<title>.-</title>", "")
        :gsub('<text ', '<text fill="currentColor" '):gsub("xlink:title", "data-title"):gsub(' id="[^"]*"', "")
    return pandoc.RawBlock("html", '<div class="map">' .. svg .. "</div>")
end

function CodeBlock(block)
    return block.classes:includes("mermaid") and drawn(block.text) or nil
end

function Link(link)
    link.target = page_of(link.target)
    return link
end

-- <img src="..."> within a table, and <details> written out.
function RawInline(raw)
    local src = raw.text:match('<img src="([^"]+)"')
    if src then record("copy", resolve(src)) end
    return nil
end

function Pandoc(doc)
    local title = "Gradus"
    for _, block in ipairs(doc.blocks) do
        if block.t == "Header" and block.level == 1 then
            title = pandoc.utils.stringify(block)
            break
        end
    end
    doc.meta.pagetitle = title
    return doc
end
