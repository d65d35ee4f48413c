-- For a book that is one file (EPUB, PDF): many pages in one document. A comment "page PATH" stands before each; anchors get
-- their page's name, links to pages of the book become links within it, pictures are found from the course's directory, and
-- what a page unfolds stands open beneath its question.
local page, folder, inside = "", "", {}

local function resolve(path)
    local parts = {}
    for part in (folder .. path):gmatch("[^/]+") do
        if part == ".." then table.remove(parts) elseif part ~= "." then parts[#parts + 1] = part end
    end
    return table.concat(parts, "/")
end
local function name_of(path) return (path:gsub("%.md$", ""):gsub("[^%w]", "-")) end

local walk = {
    Link = function(link)
        if link.target:match("^%a+:") then return nil end
        local path, anchor = link.target:match("^([^#]*)#?(.*)$")
        local target = path == "" and page or resolve(path)
        if not inside[target] then return link.content end
        link.target = "#" .. name_of(target) .. (anchor ~= "" and "-" .. anchor or "")
        return link
    end,
    Image = function(image)
        image.src = resolve(image.src)
        return image
    end,
    RawInline = function(raw) return raw.format == "html" and raw.text:match("^<img") and {} or nil end,
}

-- A heading's anchor. pandoc numbers equal headings of the whole book ("exercises-12"); what counts is how often the page
-- itself had one.
local known, on_page = {}, {}
local function anchor_of(header)
    local id, base = header.identifier, header.identifier:match("^(.*)%-%d+$")
    if not (base and known[base]) then base = id end
    known[base], on_page[base] = true, (on_page[base] or -1) + 1
    if header.level == 1 then return name_of(page) end
    return name_of(page) .. "-" .. base .. (on_page[base] > 0 and "-" .. on_page[base] or "")
end

-- The question that a <details> block hides its answer under.
local function question(raw)
    local summary = raw.text:match("<summary>(.-)</summary>")
    return summary and pandoc.Para({ pandoc.Strong(pandoc.utils.blocks_to_inlines(pandoc.read(summary, "html").blocks)) })
end

function Pandoc(doc)
    local out = pandoc.List()
    for _, block in ipairs(doc.blocks) do
        local path = block.t == "RawBlock" and block.text:match("^<!%-%- page (%S+)")
        if path then inside[path] = true end
    end
    for _, block in ipairs(doc.blocks) do
        local path = block.t == "RawBlock" and block.text:match("^<!%-%- page (%S+)")
        if path then
            page, folder, on_page = path, path:match("^(.*/)") or "", {}
        elseif block.t == "RawBlock" then
            out:insert(question(block)) -- or a comment to the tools
        else
            block = pandoc.walk_block(block, walk)
            if block.t == "Header" then
                block.identifier = anchor_of(block)
            end
            out:insert(block)
        end
    end
    doc.blocks = out
    return doc
end
