#!/bin/sh
# Brings a bare machine to the point where `make` works. The idea: try every
# need for real (run the tool, compile and link against the library), so that
# what somebody installed by hand counts too; then ask the package manager
# only for what did not work, and try again.
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says

usage() {
    cat <<'END'
usage: sh tools/setup.sh [--check] [--grading] [--book] [--browser]

Finds out what Gradus needs and this machine lacks, and installs it with
apt-get, dnf, pacman or brew, whichever is here. Says nothing when nothing is
missing. Root is needed to install, except with brew: sudo is used where there
is one; where there is none, the command for root is printed instead.

  --check     install nothing: only say what is missing
  --grading   also what grading strangers' exercises wants: bubblewrap (on Linux), zip
  --book      also what the book wants: pandoc, graphviz, and (with apt-get) clang
              for WebAssembly, for its live figures; elsewhere it does without
  --browser   also what the book's tests want (with apt-get): Chromium, node, npm
  --help      this text

Exit status: 0 when all is there, 2 when something is still missing.
What the package manager said is in build/setup.log.
END
}

# Each need, and the packages that bring it.
table() {
    cat <<'END'
# need                  apt-get              dnf                pacman     brew
C_compiler              gcc,libc6-dev        gcc,glibc-devel    gcc        gcc
make                    make                 make               make       make
pkg-config              pkg-config           pkgconf-pkg-config pkgconf    pkgconf
OpenBLAS                libopenblas-dev      openblas-devel     openblas   openblas
libpng                  libpng-dev           libpng-devel       libpng     libpng
zlib                    zlib1g-dev           zlib-devel         zlib       zlib
cJSON                   libcjson-dev         cjson-devel        cjson      cjson
Check                   check                check-devel        check      check
gnuplot_with_pngcairo   gnuplot-nox          gnuplot            gnuplot    gnuplot
DejaVu_fonts            fonts-dejavu-core    dejavu-sans-fonts  ttf-dejavu font-dejavu
curl                    curl,ca-certificates curl,ca-certificates curl,ca-certificates curl
END
    [ -z "$grading" ] || cat <<'END'
bwrap                   bubblewrap           bubblewrap         bubblewrap -
zip                     zip                  zip                zip        zip
END
    [ -z "$book" ] || cat <<'END'
pandoc                  pandoc               pandoc             pandoc-cli pandoc
dot                     graphviz             graphviz           graphviz   graphviz
clang_for_WebAssembly   clang,lld,wasi-libc,WASM_RT -           -          -
wasm-opt                binaryen             -                  -          -
END
    [ -z "$browser" ] || cat <<'END'
chromium                chromium             -                  -          -
node                    nodejs               -                  -          -
npm                     npm                  -                  -          -
END
}

die() {
    echo "setup: $*" >&2
    exit 2
}

# --- is it here? ------------------------------------------------------------

# compiles HEADER FUNCTION FLAGS...: a program that uses the function links.
compiles() {
    header=$1 function=$2
    shift 2
    cc=$(command -v cc || command -v gcc) || return 1
    printf '#include <%s>\nint main(void) { void *volatile p = (void *)%s; return p == 0; }\n' \
        "$header" "$function" >"$scratch/try.c"
    "$cc" -w "$scratch/try.c" -o "$scratch/try" "$@"
}

# library PKG HEADER FUNCTION FLAG: flags from pkg-config, or else plain FLAG.
# While there is no compiler, the word of pkg-config is all there is.
library() {
    case $missing in *compiler*)
        pkg-config --exists "$1"
        return
        ;;
    esac
    flags=$(pkg-config --cflags --libs "$1") || flags=$4
    # shellcheck disable=SC2086 # the flags are several words
    compiles "$2" "$3" $flags
}

# A clang that compiles a program with a C library for WebAssembly.
webassembly() {
    for cc in clang clang-14 clang-15 clang-16 clang-17 clang-18 clang-19; do
        command -v $cc && echo 'int main(void) { return rand(); }' |
            $cc --target=wasm32-wasi -include stdlib.h -x c - -o "$scratch/try.wasm" && return
    done
    return 1
}

fonts() {
    if command -v fc-list; then
        fc-list | grep DejaVuSans
        return
    fi
    for f in /usr/share/fonts/*/DejaVuSans.ttf /usr/share/fonts/*/*/DejaVuSans.ttf \
        "${HOME:-}"/Library/Fonts/DejaVuSans.ttf; do
        [ -e "$f" ] && return
    done
    return 1
}

has() {
    case $1 in
    C_compiler) compiles stdio.h printf ;;
    OpenBLAS) library openblas cblas.h cblas_sgemm -lopenblas ;;
    libpng) library libpng png.h png_create_write_struct -lpng ;;
    zlib) library zlib zlib.h crc32 -lz ;;
    cJSON) library libcjson cjson/cJSON.h cJSON_Parse -lcjson ;;
    Check) library check check.h srunner_create -lcheck ;;
    gnuplot*) gnuplot -e 'set terminal pngcairo' ;;
    DejaVu_fonts) fonts ;;
    bwrap) [ "$(uname -s)" != Linux ] || command -v bwrap ;;
    clang_for_WebAssembly) [ "$manager" != apt-get ] || webassembly ;;
    wasm-opt | chromium | node | npm) [ "$manager" != apt-get ] || command -v "$1" ;;
    *) command -v "$1" ;;
    esac </dev/null >/dev/null 2>&1
}

# clang's own library for WebAssembly has a version in its name where the release is old.
runtime() {
    if apt-cache show libclang-rt-dev-wasm32 >/dev/null 2>&1; then echo libclang-rt-dev-wasm32; else echo libclang-rt-14-dev-wasm32; fi
}

# Sets $missing (names to read) and $packages (of the manager in use).
look() {
    missing='' packages=''
    while read -r need apt dnf pacman brew; do
        case $need in '#') continue ;; esac
        has "$need" && continue
        missing="$missing, $(echo "$need" | tr _ ' ')"
        case $manager in
        apt-get) packages="$packages $(echo "$apt" | sed "s/WASM_RT/$(runtime)/")" ;;
        dnf) packages="$packages $dnf" ;;
        pacman) packages="$packages $pacman" ;;
        brew) packages="$packages $brew" ;;
        esac
    done <<END
$(table)
END
    missing=${missing#, }
    again='make setup'
    case $missing in *make*) again='sh tools/setup.sh' ;; esac
    packages=$(echo "$packages" | tr , ' ')
}

# --- install it -------------------------------------------------------------

# The whole line that installs $packages, ready for a (root) shell.
command_line() {
    case $manager in
    apt-get)
        echo "apt-get update -q; DEBIAN_FRONTEND=noninteractive" \
            "apt-get install -q -y --no-install-recommends$packages"
        ;;
    dnf) echo "dnf install -y --setopt=install_weak_deps=False$packages" ;;
    pacman) # the lists are fetched only where there never were any
        refresh=y
        for f in /var/lib/pacman/sync/*.db; do [ -e "$f" ] && refresh=''; done
        echo "pacman -S$refresh --needed --noconfirm$packages"
        ;;
    brew) echo "brew install$packages" ;;
    esac
}

# Sets $root: the prefix that makes a command run as root; fails if none does.
find_root() {
    root=''
    [ "$manager" = brew ] || [ "$(id -u)" = 0 ] && return
    root=sudo
    command -v sudo >/dev/null || return 1
    sudo -n true 2>/dev/null || [ -t 0 ]
}

# Runs LINE with its output in the log; shows the end of the log on failure.
run_logged() {
    if ! mkdir -p build || ! : >build/setup.log; then
        die "cannot write build/setup.log in $(pwd): is the folder yours?"
    fi 2>/dev/null
    chown "${SUDO_UID:-$(id -u)}" build build/setup.log 2>/dev/null
    $root sh -c "$1" >build/setup.log 2>&1 </dev/null && return
    tail -n 8 build/setup.log >&2
    why=$(grep -E '^(E|[Ee]rror|No match for argument):' build/setup.log | tail -n 1)
    die "$manager did not install$packages: ${why:-see build/setup.log}"
}

install_missing() {
    echo "setup: missing: $missing"
    [ -n "$manager" ] || die "no apt-get, dnf, pacman or brew here: install these by hand, then: $again"
    line=$(command_line)
    if ! find_root; then
        echo "setup: installing needs root, and sudo does not work here; run as root:" >&2
        echo "$line" >&2
        exit 2
    fi
    echo "setup: installing with $manager:$packages"
    run_logged "$line"
    look
    [ -z "$missing" ] || die "still missing after the install: $missing (see build/setup.log)"
    echo "setup: done"
}

# --- main -------------------------------------------------------------------

# brew keeps OpenBLAS out of the common folders; its pkg-config file is here.
keg_only() {
    [ "$manager" = brew ] || return 0
    PKG_CONFIG_PATH="$(brew --prefix)/opt/openblas/lib/pkgconfig:${PKG_CONFIG_PATH:-}"
    export PKG_CONFIG_PATH
}

mode=install grading='' book='' browser=''
for arg; do
    case $arg in
    --check) mode=check ;;
    --grading) grading=yes ;;
    --book) book=yes ;;
    --browser) browser=yes ;;
    -h | --help) usage && exit ;;
    *) die "unknown option $arg (sh tools/setup.sh --help lists them)" ;;
    esac
done
cd "$(dirname "$0")/.." || exit 2
scratch=$(mktemp -d) || die "cannot make a temporary folder"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 2' HUP INT TERM

manager='' # the last of these that is here
for m in brew pacman dnf apt-get; do
    command -v "$m" >/dev/null && manager=$m
done
keg_only
look
[ -n "$missing" ] || exit 0
[ "$mode" = install ] || die "missing: $missing; run: $again"
install_missing
