-- For a book that is one file (EPUB, PDF): many pages in one document. A comment "page PATH" stands before each; anchors get
-- their page's name, links to pages of the book become links within it, and pictures are found from the course's directory.
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

function Pandoc(doc)
    local out = pandoc.List()
    for _, block in ipairs(doc.blocks) do
        local path = block.t == "RawBlock" and block.text:match("^<!%-%- page (%S+)")
        if path then inside[path] = true end
    end
    for _, block in ipairs(doc.blocks) do
        local path = block.t == "RawBlock" and block.text:match("^<!%-%- page (%S+)")
        if path then
            page, folder = path, path:match("^(.*/)") or ""
        elseif block.t == "RawBlock" then
            -- comments to the tools
        else
            block = pandoc.walk_block(block, walk)
            if block.t == "Header" then
                block.identifier = name_of(page) .. (block.level > 1 and "-" .. block.identifier:gsub("%-%d+$", "") or "")
            end
            out:insert(block)
        end
    end
    doc.blocks = out
    return doc
end
