-- A page for the search, written to the file SEARCH: a line of script a section, with its page, heading, anchor and words.
local page = os.getenv("PAGE")
local html = page:gsub("README%.md$", "index.html"):gsub("%.md$", ".html")

local function quoted(text)
    local escaped = text:gsub('[%c"\\]', function(c) return c == '"' and '\\"' or c == "\\" and "\\\\" or " " end)
    return '"' .. escaped:gsub("</", "<\\/") .. '"'
end

local lines, words = {}, {}
local title, heading, anchor

local function finish()
    if heading then
        local address = html .. (anchor ~= "" and "#" .. anchor or "")
        lines[#lines + 1] = ("add(%s, %s, %s, %s)"):format(quoted(address), quoted(title), quoted(heading), quoted(table.concat(words, " "):gsub("%s+", " ")))
    end
    words = {}
end

function Pandoc(doc)
    for _, block in ipairs(doc.blocks) do
        if block.t == "Header" and block.level <= 3 then
            finish()
            heading, anchor = pandoc.utils.stringify(block), block.level == 1 and "" or block.identifier
            title = title or heading
        elseif block.t == "CodeBlock" then
            words[#words + 1] = block.text
        elseif block.t ~= "RawBlock" then
            words[#words + 1] = pandoc.utils.stringify(block)
        end
    end
    finish()
    local file = assert(io.open(os.getenv("SEARCH"), "w"))
    file:write(table.concat(lines, "\n"), "\n")
    file:close()
end
