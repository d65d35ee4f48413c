#!/bin/sh
# Downloads the MNIST digits. The idea: a file gets its name only when its
# bytes are proven. Until then it is NAME.part, which a later run continues;
# a part that turns out wrong is deleted and fetched again from the start.
# The proof is the SHA-256 of the unpacked bytes, so that it does not matter
# how a mirror packed them.
set -uf
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says

usage() {
    cat <<'END'
usage: sh tools/mnist.sh [--out DIR] [--mirror URL]... [--sums FILE]

Downloads the four files of MNIST (11 MB) and checks them. What is already
there and right is left alone; a download cut short is continued.

  --out DIR     where to put them; data/mnist of the project when not given
  --mirror URL  the folder to download from; several are tried in their order,
                and replace the two that are built in
  --sums FILE   other files than MNIST: lines of "sha256  name", the sum being
                of the unpacked bytes, the name without .gz
  --help        this text

Exit status: 0 when all files are there and right, 2 otherwise.
END
}

sums='
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5  train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2  t10k-labels-idx1-ubyte'
default_mirrors='https://ossci-datasets.s3.amazonaws.com/mnist/
https://storage.googleapis.com/cvdf-datasets/mnist/'

die() {
    echo "mnist: $*" >&2
    exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# --- the proof --------------------------------------------------------------

sha256() {
    if has sha256sum; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# valid FILE SUM: FILE is a whole gzip file of the right bytes; else sets $why.
valid() {
    why='not a whole gzip file'
    gzip -t <"$1" || return 1
    found=$(gzip -dc <"$1" | sha256)
    why="unpacked bytes have sha256 $found, expected $2"
    [ "$found" = "$2" ]
} 2>/dev/null

# --- the download -----------------------------------------------------------

# Both continue FILE, if it is there, with the bytes of URL. They return 0 at
# the end of the file, 1 on failure ($why), 3 when FILE cannot be continued.
with_curl() {
    if [ -t 2 ]; then bar=-#; else bar=-s; fi
    code=$(curl "$bar" -fL -C - --connect-timeout 20 --speed-time 30 --speed-limit 500 \
        -w '%{http_code}' -o "$2" "$1")
    status=$?
    case $status:$code in
    0:*) return 0 ;;
    33:* | 36:* | 22:416) return 3 ;;
    22:*) why="the server said $code" ;;
    6:*) why='no such host' ;;
    7:*) why='no connection' ;;
    23:*) why="cannot write $2" ;;
    18:* | 56:*) why='the connection broke' ;;
    28:*) why='too slow, or no answer' ;;
    37:*) why='no such file' ;;
    *) why="curl stopped with error $status" ;;
    esac
    return 1
}

with_wget() {
    wget -q -c -t 2 -T 30 -O "$2" "$1" && return
    why="wget stopped with error $?"
    return 1
}

# from URL FILE SUM: FILE is complete and right. If it was begun earlier and
# comes out wrong, the fault may be in that beginning: once more from the start.
from() {
    while :; do
        begun=''
        [ -s "$2" ] && begun=', continued'
        echo "mnist: ${1##*/} from ${1%/*}/$begun"
        if has curl; then with_curl "$1" "$2"; else with_wget "$1" "$2"; fi
        case $? in
        0) valid "$2" "$3" && return ;;
        1) return 1 ;;
        esac
        rm -f "$2"
        [ -n "$begun" ] || return 1
    done
}

# get NAME SUM: NAME is in $out, or the program ends.
get() {
    if valid "$out/$1" "$2"; then
        echo "mnist: $1 is already here"
        return
    fi
    part=$out/$1.part tried=''
    valid "$part" "$2" && mv -f "$part" "$out/$1" && return
    for mirror in $mirrors; do
        from "${mirror%/}/$1" "$part" "$2" && mv -f "$part" "$out/$1" && return
        tried="$tried $mirror: $why;"
    done
    die "$1 could not be fetched:$tried run make mnist again later, or name another --mirror URL"
}

# --- main -------------------------------------------------------------------

read_sums() {
    sums=$(cat "$1" 2>/dev/null) || die "cannot read the sums file $1"
    printf '%s\n' "$sums" | grep -Evq '^[0-9a-f]{64}  [^ /]+$' &&
        die "$1: every line must be \"sha256  name\""
}

out='' mirrors=''
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage && exit ;;
    --out | --mirror | --sums) [ -n "${2:-}" ] || die "$1 needs a value" ;;
    *) die "unknown option $1 (sh tools/mnist.sh --help lists them)" ;;
    esac
    case $1 in
    --out) out=$2 ;;
    --mirror) mirrors="$mirrors $2" ;;
    --sums) read_sums "$2" ;;
    esac
    shift 2
done
: "${mirrors:=$default_mirrors}"
has curl || has wget || die 'neither curl nor wget is here: run make setup'
has sha256sum || has shasum || die 'neither sha256sum nor shasum is here: install one of them'
if [ -z "$out" ]; then
    cd "$(dirname "$0")/.." || exit 2
    out=data/mnist
fi
mkdir -p -- "$out" 2>/dev/null
if [ ! -d "$out" ] || [ ! -w "$out" ]; then
    die "cannot write to the folder $out: name another with --out DIR"
fi

while read -r sum name; do
    [ -z "$name" ] || get "$name.gz" "$sum"
done <<END
$sums
END
echo "mnist: all files are in $out, and right"
