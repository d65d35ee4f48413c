-- Beneath each exercise of a chapter its answer, folded, from docs/solutions.md; beneath the line on functions to write,
-- their hints from docs/hints.md.
--
-- Variable of the environment: PAGE, the Markdown file's path.

local chapter = tonumber((os.getenv("PAGE"):match("^chapters/(%d+)_")))

-- What stands beneath the heading of the second level that names this chapter: "## 12. Batch ..." or "## Chapter 12".
local function section(path)
    local found, inside = {}, false
    for line in io.lines(path) do
        if line:match("^## ") then
            inside = tonumber((line:match("%d+"))) == chapter
        elseif inside then
            found[#found + 1] = line
        end
    end
    return pandoc.read(table.concat(found, "\n"), "gfm+tex_math_dollars").blocks
end

-- From docs/ to chapters/; and no heading of its own, which would stand among the page's contents.
local moved = {
    Link = function(link)
        if not link.target:match("^%a+:") and not link.target:match("^%.%./") then link.target = "../docs/" .. link.target end
        return link
    end,
    Header = function(header) return pandoc.Para({ pandoc.Strong(header.content) }) end,
}

local function folded(summary, blocks)
    local out = pandoc.List({ pandoc.RawBlock("html", "<details><summary>" .. summary .. "</summary>") })
    for _, block in ipairs(pandoc.Div(blocks):walk(moved).content) do out:insert(block) end
    out:insert(pandoc.RawBlock("html", "</details>"))
    return out
end

local function answered(list)
    for _, block in ipairs(section("docs/solutions.md")) do
        if block.t == "OrderedList" then
            if #block.content ~= #list.content then
                error(("chapter %d has %d exercises; docs/solutions.md answers %d"):format(chapter, #list.content, #block.content))
            end
            for i, answer in ipairs(block.content) do list.content[i] = pandoc.List(list.content[i]) .. folded("Answer", answer) end
        end
    end
    return list
end

function Pandoc(doc)
    if not chapter then return nil end
    local out, inside = pandoc.List(), false
    for _, block in ipairs(doc.blocks) do
        if block.t == "Header" then inside = pandoc.utils.stringify(block) == "Exercises" end
        out:insert(inside and block.t == "OrderedList" and answered(block) or block)
        if inside and block.t == "Para" and pandoc.utils.stringify(block):match("^Functions of this chapter") then
            out:extend(folded("Hints for these functions", section("docs/hints.md")))
        end
    end
    doc.blocks = out
    return doc
end
