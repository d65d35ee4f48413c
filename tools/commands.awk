# From the commands that `make -n` prints, compile_commands.json: one entry a source.
/ -c [^ ]*\.c -o / {
    file = $0
    sub(/.* -c /, "", file)
    sub(/ -o .*/, "", file)
    if (seen[file]++)
        next
    gsub(/[\\"]/, "\\\\&")
    printf "%s{ \"directory\": \"%s\", \"file\": \"%s\", \"command\": \"%s\" }", n++ ? ",\n" : "[\n", directory, file, $0
}

END { print n ? "\n]" : "[]" }
