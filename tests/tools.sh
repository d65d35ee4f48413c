#!/bin/sh
# Tests of the scripts in tools/. The idea: nothing here touches
# the network or the system. setup.sh meets a private PATH with fake package
# managers that only write down how they were called; mnist.sh downloads small
# made-up files, and the real ones where they are at hand, from a web server
# on this machine or from file:// addresses.
# shellcheck disable=SC2016,SC2034 # the conditions are evaluated inside check
set -u
LC_ALL=C && export LC_ALL && unset CDPATH # numbers have a point, and cd goes where it says
no_proxy=127.0.0.1
export no_proxy
cd "$(dirname "$0")/.." || exit 2
here=$(pwd)
tmp=$(mktemp -d) || exit 2
server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

passed=0 failed=0
log=$tmp/out # what the last program said, both streams

# run COMMAND...: its output goes to $log, its status to $status.
run() {
    "$@" >"$log" 2>&1 </dev/null
    status=$?
}

# check NAME CONDITION: the case is good when the condition holds.
check() {
    if eval "$2"; then
        passed=$((passed + 1))
        echo "ok $1"
    else
        failed=$((failed + 1))
        echo "FAILED $1"
        echo "  status $status; it said:"
        sed 's/^/  | /' "$log"
    fi
}

said() { grep -Fq -- "$1" "$log"; }
lines() { [ "$(wc -l <"$log")" -eq "$1" ]; }

# --- refresh.sh: two at once -------------------------------------------------

# One is slow; while it writes, the text becomes another and is refreshed again. What stands there in the end is one
# text or the other, not a mixture, and nothing is left beside it.
mkdir "$tmp/refresh" "$tmp/slow"
cat >"$tmp/slow/awk" <<'END'
#!/bin/sh
PATH=${PATH#*:}
awk "$@" >"$0.$$" || exit
head -n 50 "$0.$$"
sleep 0.6
tail -n +51 "$0.$$"
END
chmod +x "$tmp/slow/awk"
for word in first second; do
    { seq 1 300 | sed "s/.*/The $word text, line &./" && printf '%s\n' '<!-- code src/01_sum.c sum -->' '```c' '```'; } >"$tmp/refresh/$word"
done
mv "$tmp/refresh/first" "$tmp/refresh/text.md"
refresh_slowly() { PATH="$tmp/slow:$PATH" sh tools/refresh.sh "$tmp/refresh/text.md"; }
{
    refresh_slowly &
    sleep 0.2
    cat "$tmp/refresh/second" >"$tmp/refresh/text.md" && rm "$tmp/refresh/second"
    refresh_slowly
    wait
} >"$log" 2>&1
status=$?
check 'refresh: two at once leave one whole text' \
    '[ "$(grep -c "The .* text" "$tmp/refresh/text.md")" = 300 ] && [ "$(grep -o "The [a-z]* text" "$tmp/refresh/text.md" | sort -u | wc -l)" = 1 ] && grep -q "^wide sum" "$tmp/refresh/text.md" && [ "$(ls "$tmp/refresh")" = text.md ]'

# --- setup.sh: a private world ----------------------------------------------

# fake NAME: reads a script and makes it a command of the private PATH.
fake() {
    rm -f "$bin/$1"
    { echo '#!/bin/sh' && cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}

# world: a fresh project and a PATH of only basic tools; user root, no sudo.
world() {
    rm -rf "$tmp/world"
    bin=$tmp/world/bin project=$tmp/world/project calls=$tmp/world/calls
    mkdir -p "$bin" "$project/tools"
    : >"$calls"
    cp "$here/tools/setup.sh" "$project/tools/"
    for tool in sh cat chown dirname grep ln mkdir mktemp rm sed tail tr; do
        ln -s "$(command -v $tool)" "$bin/$tool"
    done
    echo 'echo 0' | fake id
    : | fake true
    : | fake fc-list
}

# furnish: every need is there, as a fake that agrees to everything.
furnish() {
    for tool in cc make pkg-config gnuplot curl; do : | fake "$tool"; done
    echo 'echo /fonts/DejaVuSans.ttf: DejaVu Sans' | fake fc-list
}

# manager NAME: a fake package manager that writes down its arguments.
manager() {
    echo "echo $1 \"\$@\" >>'$calls'" | fake "$1"
}

setup() { run env PATH="$bin" sh "$project/tools/setup.sh" "$@"; }
called() { sed 's/ -Sy / -S /' "$calls" | grep -Fqx -- "$1"; }
not_called() { [ ! -s "$calls" ]; }

this_machine() {
    case $status in
    0) lines 0 ;;
    2) lines 1 && said 'missing: ' && said 'run: ' ;;
    *) false ;;
    esac
}

test_setup_says() {
    run sh tools/setup.sh --check
    check 'setup --check passes here, or names what is missing' this_machine
    run sh tools/setup.sh --help
    check 'setup --help teaches' '[ $status = 0 ] && said --check && said sudo'
    run sh tools/setup.sh --bogus
    check 'setup: unknown option, one line, 2' '[ $status = 2 ] && lines 1 && said --bogus'
}

test_setup_missing() {
    world
    setup
    check 'setup without a package manager says so, 2' \
        '[ $status = 2 ] && said "missing: C compiler, make, pkg-config" && said "by hand"'
    setup --check
    check 'setup --check names all that is missing in one line, 2' \
        '[ $status = 2 ] && lines 1 && said "gnuplot with pngcairo, DejaVu fonts, curl; run: "'
    furnish
    manager apt-get
    setup
    check 'setup with nothing missing is silent' '[ $status = 0 ] && lines 0 && not_called'
    rm "$bin/curl"
    setup --check
    check 'setup --check installs nothing' \
        '[ $status = 2 ] && lines 1 && said "missing: curl; run: make setup" && not_called'
}

test_setup_detects() {
    world
    furnish
    echo 'case $* in *pngcairo*) exit 1 ;; esac' | fake gnuplot
    setup --check
    check 'setup wants gnuplot with pngcairo' 'said "missing: gnuplot with pngcairo; run"'
    : | fake gnuplot
    echo 'case $* in *lcjson*) exit 1 ;; esac' | fake cc
    echo 'exit 1' | fake pkg-config
    setup --check
    check 'setup tries plain flags where pkg-config knows nothing' \
        'said "missing: cJSON; run" && lines 1'
    rm "$bin/cc"
    : | fake pkg-config
    setup --check
    check 'setup believes pkg-config while there is no compiler' 'said "missing: C compiler; run"'
}

# names MANAGER LINE: when everything is missing, it is asked for this.
names() {
    world
    manager "$1"
    setup
    want=$2
    check "setup: the names for $1" 'called "$want"'
}

test_setup_names() {
    names dnf 'dnf install -y --setopt=install_weak_deps=False gcc glibc-devel make pkgconf-pkg-config openblas-devel libpng-devel zlib-devel cjson-devel check-devel gnuplot dejavu-sans-fonts curl ca-certificates'
    names pacman 'pacman -S --needed --noconfirm gcc make pkgconf openblas libpng zlib cjson check gnuplot ttf-dejavu curl ca-certificates'
    names brew 'brew install gcc make pkgconf openblas libpng zlib cjson check gnuplot font-dejavu curl'
    names apt-get 'apt-get install -q -y --no-install-recommends gcc libc6-dev make pkg-config libopenblas-dev libpng-dev zlib1g-dev libcjson-dev check gnuplot-nox fonts-dejavu-core curl ca-certificates'
    check 'setup: apt-get update comes first' '[ "$(sed -n 1p "$calls")" = "apt-get update -q" ]'
    check 'setup finds out a manager that installs nothing' \
        '[ $status = 2 ] && said "still missing after the install: C compiler, make"'
}

test_setup_installs() {
    world
    furnish
    rm "$bin/curl"
    fake apt-get <<END
echo "\$DEBIAN_FRONTEND \$*" >>'$calls'
case \$* in *curl*) ln -s sh '$bin/curl' ;; esac
END
    setup
    check 'setup installs what is missing and only that' \
        '[ $status = 0 ] && said "missing: curl" && called "noninteractive install -q -y --no-install-recommends curl ca-certificates"'
    setup
    check 'setup has nothing to do the second time' '[ $status = 0 ] && lines 0'
}

test_setup_fails() {
    world
    furnish
    rm "$bin/curl"
    fake apt-get <<'END'
echo "chatter"
[ "$1" = update ] || { echo "E: Unable to locate package curl"; exit 100; }
END
    setup
    check 'setup shows the log and the reason when the install fails, 2' \
        '[ $status = 2 ] && said chatter && said "did not install curl ca-certificates: E: Unable to locate"'
    check 'setup keeps the log' 'grep -q chatter "$project/build/setup.log"'
}

# plain_user MANAGER: only curl is missing, and the user is not root.
plain_user() {
    world
    furnish
    rm "$bin/curl"
    manager "$1"
    echo 'echo 1000' | fake id
}

test_setup_root() {
    plain_user brew
    setup
    check 'setup: brew wants no root' 'called "brew install curl"'
    plain_user apt-get
    line='apt-get update -q; DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends curl ca-certificates'
    setup
    check 'setup: no root, no sudo: prints the line for root, 2' \
        '[ $status = 2 ] && grep -Fqx "$line" "$log" && not_called'
    echo 'echo sudo: a password is required >&2; exit 1' | fake sudo
    setup
    check 'setup: sudo that would ask, and no terminal: the same' \
        '[ $status = 2 ] && grep -Fqx "$line" "$log" && not_called'
    fake sudo <<END
[ "\$1" = -n ] && shift
echo "sudo \$1" >>'$calls'
exec "\$@"
END
    setup
    check 'setup: sudo that does not ask is used' \
        'called "sudo sh" && called "apt-get install -q -y --no-install-recommends curl ca-certificates"'
}

# --- mnist.sh ----------------------------------------------------------------

# serve DIR: starts a web server on a free port, its address goes to $base;
# without python3, the address is a file:// one.
serve() {
    base=file://$1
    python3 -c '' 2>/dev/null || return 0
    python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$1" >"$tmp/hits" 2>&1 &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$tmp/hits")
        [ -n "$port" ] && base=http://127.0.0.1:$port && return
        sleep 0.5
    done
}

sum() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# made_up DIR: two small files, digits.gz and names.gz, and their sums in $sums.
made_up() {
    mkdir -p "$1"
    awk 'BEGIN { srand(7); for (i = 0; i < 9000; i++) print rand() }' >"$tmp/digits"
    echo 'zero one two' >"$tmp/names"
    for f in digits names; do
        gzip -c "$tmp/$f" >"$1/$f.gz"
        echo "$(sum <"$tmp/$f")  $f"
    done >"$sums"
}

# bytes of FILE: its first COUNT bytes, or those after the first COUNT.
first() { head -c "$2" "$1"; }
after() { tail -c "+$(($2 + 1))" "$1"; }
noise() { head -c "$1" /dev/zero; }

fresh_out() { rm -rf "$out" && mkdir -p "$out"; }
mnist() { run env PATH="$path" sh tools/mnist.sh --out "$out" --sums "$sums" "$@"; }
good() { [ $status = 0 ] && all_right; }
all_right() {
    gzip -dc "$out/digits.gz" | cmp -s - "$tmp/digits" &&
        gzip -dc "$out/names.gz" | cmp -s - "$tmp/names" &&
        [ "$(cd "$out" && echo *)" = 'digits.gz names.gz' ]
}
untouched() { [ "$(hits)" = "$before" ]; }
hits() { if [ -f "$tmp/hits" ]; then wc -l <"$tmp/hits"; else echo 0; fi; }

test_mnist_download() {
    rm -rf "$out"
    mnist --mirror "$base/good"
    check 'mnist downloads into a folder it makes' good
    before=$(hits)
    mnist --mirror "$base/good/"
    check 'mnist does nothing the second time' \
        'good && untouched && said "digits.gz is already here"'
    noise 500 >"$out/names.gz"
    mnist --mirror "$base/good"
    check 'mnist replaces a damaged file' 'good && said "digits.gz is already here"'
    fresh_out
    mnist --mirror "$base/nowhere" --mirror "$base/good"
    check 'mnist: the first mirror is dead, the second works' good
    fresh_out
    mnist --mirror http://127.0.0.1:1/ --mirror "$base/wrong" --mirror "$base/good"
    check 'mnist: no connection, then wrong bytes, then good ones' good
}

# begun COUNT: a run before this one left COUNT good bytes of digits.gz.
begun() {
    fresh_out
    first "$tmp/good/digits.gz" "$1" >"$out/digits.gz.part"
}

# The first half at this mirror is noise: only a true continuation comes right.
test_mnist_resume() {
    mkdir -p "$tmp/tail"
    { noise 20000 && after "$tmp/good/digits.gz" 20000; } >"$tmp/tail/digits.gz"
    cp "$tmp/good/names.gz" "$tmp/tail/"
    begun 20000
    mnist --mirror "file://$tmp/tail"
    check 'mnist continues a truncated part' 'good && said continued'
    begun 20000
    mnist --mirror "$base/good"
    check 'mnist starts again where the server cannot continue' good
}

test_mnist_parts() {
    begun $((size - 4))
    mnist --mirror "$base/good"
    check 'mnist does not take a part that lacks its last bytes for whole' \
        'good && cmp -s "$out/digits.gz" "$tmp/good/digits.gz"'
    begun "$size"
    mnist --mirror "$base/good"
    check 'mnist takes a part that is whole' 'good && ! said "digits.gz from"'
    begun 20000
    mnist --mirror http://127.0.0.1:1
    check 'mnist keeps a part when no mirror answers' \
        '[ $status = 2 ] && first "$tmp/good/digits.gz" 20000 | cmp -s - "$out/digits.gz.part"'
}

test_mnist_wrong_parts() {
    for where in "$base" "file://$tmp"; do
        for length in 20000 "$size" $((size + 99)); do
            fresh_out
            noise "$length" >"$out/digits.gz.part"
            mnist --mirror "$where/good"
            check "mnist throws away a wrong part of $length bytes (${where%%:*})" good
        done
    done
}

complains() { [ $status = 2 ] && lines "$1" && said "mnist: $2"; }

test_mnist_errors() {
    fresh_out
    mnist --mirror "$base/wrong" --mirror "$base/wrong/"
    check 'mnist: wrong bytes everywhere: 2, and no file' \
        'complains 3 "digits.gz could not be fetched" && [ -z "$(ls "$out")" ]'
    check 'mnist tells what was found and what was expected' \
        'said "have sha256 $(sum <"$tmp/names"), expected $(sum <"$tmp/digits")"'
}

test_mnist_options() {
    : >"$tmp/plain"
    mnist --out "$tmp/plain/below"
    check 'mnist: a folder that cannot be written' \
        'complains 1 "cannot write to the folder $tmp/plain/below"'
    mnist --bogus
    check 'mnist: unknown option' 'complains 1 "unknown option --bogus"'
    mnist --mirror
    check 'mnist: option without its value' 'complains 1 "--mirror needs a value"'
    mnist --sums "$tmp/none"
    check 'mnist: sums that are not there' 'complains 1 "cannot read the sums file"'
    mnist --sums "$tmp/names"
    check 'mnist: sums that are none' 'complains 1 "$tmp/names: every line"'
    run eval 'sh tools/mnist.sh --bogus 2>/dev/null'
    check 'mnist: complaints go to standard error' '[ $status = 2 ] && lines 0'
    run sh tools/mnist.sh --help
    check 'mnist --help teaches' '[ $status = 0 ] && said "--sums FILE"'
}

# The same with wget, where curl is missing.
test_mnist_wget() {
    if [ -z "$server" ] || ! command -v wget >/dev/null; then
        echo 'skipped: no wget or no python3: the cases without curl'
        return
    fi
    bin=$tmp/nocurl
    mkdir -p "$bin"
    for tool in sh cat cut dirname grep gzip mkdir mv rm sha256sum shasum wget; do
        found=$(command -v $tool) && ln -s "$found" "$bin/$tool"
    done
    path=$bin
    for part in 0 20000 "$size"; do
        fresh_out
        noise "$part" >"$out/digits.gz.part"
        mnist --mirror "$base/nowhere" --mirror "$base/good"
        check "mnist with wget, over a wrong part of $part bytes" good
    done
    rm "$bin/wget"
    mnist --mirror "$base/good"
    check 'mnist with neither curl nor wget' 'complains 1 "neither curl nor wget"'
    path=$PATH
}

# The real files, and with them the sums that are built in.
idx='train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1'
holds_mnist() {
    for f in $idx; do
        [ -f "$1/$f-ubyte.gz" ] || return 1
    done
}

test_mnist_real() {
    for real in "${MNIST_DIR:-}" data/mnist ''; do
        holds_mnist "$real" && break
    done
    if [ -z "$real" ]; then
        echo 'skipped: the real MNIST files are not here (make mnist; or set MNIST_DIR)'
        return
    fi
    real=$(cd "$real" && pwd)
    mkdir -p "$tmp/project/data/mnist"
    cp -R tools "$tmp/project/"
    first "$real/train-images-idx3-ubyte.gz" 5000000 >"$tmp/project/data/mnist/train-images-idx3-ubyte.gz.part"
    run sh "$tmp/project/tools/mnist.sh" --mirror "file://$real"
    check 'mnist: the real files, into data/mnist of the project' same_files
}

same_files() {
    [ $status = 0 ] && said 'continued' && said 'all files are in data/mnist' || return 1
    for f in $idx; do
        cmp -s "$real/$f-ubyte.gz" "$tmp/project/data/mnist/$f-ubyte.gz" || return 1
    done
}

# --- main -------------------------------------------------------------------

test_setup_says
test_setup_missing
test_setup_detects
test_setup_names
test_setup_installs
test_setup_fails
test_setup_root

out=$tmp/out.d sums=$tmp/sums path=$PATH
made_up "$tmp/good"
size=$(wc -c <"$tmp/good/digits.gz")
mkdir "$tmp/wrong"
cp "$tmp/good/names.gz" "$tmp/wrong/digits.gz"
serve "$tmp"
test_mnist_download
test_mnist_resume
test_mnist_parts
test_mnist_wrong_parts
test_mnist_errors
test_mnist_options
test_mnist_wget
test_mnist_real

# --- together.sh: several jobs, one line of progress ----------------------------

test_together() {
    mkdir -p "$tmp/jobs"
    cat >"$tmp/jobs/Makefile" <<'END'
shift:
	@echo "  RUN chapters/14_shift.c"; echo "14_shift:  25 %, 0:02 left  loss 1" >&2; sleep 2
	@echo shift.png; echo "14_shift: done in 2.0 s" >&2
other:
	@echo "  RUN chapters/16_modes.c"; echo "other.png on $$OMP_NUM_THREADS"; sleep 2
wrong:
	@echo "--data: found nothing; expected images" >&2; exit 2
long:
	@echo $$$$ >pid; exec sleep 60
END
    run env MAKE="make -s -C $tmp/jobs" sh tools/together.sh 2 shift other
    check 'together passes on what make says, and what is no progress' '[ $status = 0 ] && said shift.png && said "14_shift: done in 2.0 s" && ! said " left"'
    check 'together gives each of two jobs one thread' 'said "other.png on 1"'
    run env MAKE="make -s -C $tmp/jobs" sh tools/together.sh 12 other
    check 'together gives two jobs on twelve cores more threads' 'said "other.png on 3"'
    run env MAKE="make -s -C $tmp/jobs" sh tools/together.sh 2 shift wrong
    check 'together says what went wrong, and fails' '[ $status = 2 ] && said "--data: found nothing; expected images"'
    run env TERM=xterm MAKE="make -s -C $tmp/jobs" script -qec 'sh tools/together.sh 2 shift other' /dev/null
    # 4 of the 24 seconds that both take are one quarter done
    check 'together shows the part that is done, on a terminal' 'said "]   4 %," && said "14_shift 25 %"'
    env MAKE="make -s -C $tmp/jobs" sh tools/together.sh 2 long >"$log" 2>&1 &
    together=$!
    sleep 2
    kill -TERM "$together"
    wait "$together"
    status=$?
    check 'together stopped takes its jobs along' '[ $status = 143 ] && ! kill -0 "$(cat "$tmp/jobs/pid")" 2>/dev/null'
}

# --- page.sh and tour.sh ----------------------------------------------------------

test_page() {
    mkdir -p "$tmp/run/17_both/samples"
    for stem in 12_batchnorm 18_winograd; do : >"$tmp/run/$stem.png"; done
    : >"$tmp/run/17_both/samples/epoch_030_train.png"
    printf 'module\tcheck\ttensor\telements\tworst\tanalytic\tnumeric\terror\tverdict\n12_batchnorm\ta\tx\t1\t0\t1\t1\t2.0e-09\tPASS\n12_batchnorm\ta\tw\t1\t0\t1\t2\t5.0e-01\tBUG\n' >"$tmp/run/gradcheck.tsv"
    run sh tools/page.sh "$tmp/run"
    check 'page shows the figures that are there, and no others' '[ $status = 0 ] && said "src=\"12_batchnorm.png\"" && said "make chapter N=18 TRACK=fast" && [ "$(grep -c "<figure>" "$log")" = 3 ]'
    check 'page says what a figure shows' 'said "the exact length of its gradient" && said "chapters/12_batchnorm.md\">Batch normalisation</a>"'
    check 'page shows the last samples' 'said "src=\"17_both/samples/epoch_030_train.png\"" && said "<small>epoch 30"'
    check 'page hides no bug' 'said "<td class=\"number\">2</td><td class=\"number\">5.0e-01</td><td>BUG</td>"'
}

test_tour() {
    cat >"$tmp/made" <<'END'
case $* in
*programs) echo "  CC src/12_batchnorm.c" ;;
figures-short) echo "  RUN chapters/12_batchnorm.c"; echo build/tour/12_batchnorm.png ;;
gradcheck) echo "266 tensors checked: PASS"; exit "${GRADCHECK_STATUS:-0}" ;;
esac
END
    mkdir -p "$tmp/toured"
    run env MAKE="sh $tmp/made" sh tools/tour.sh "$tmp/toured" 2
    check 'tour goes through six stages and leaves a page' '[ $status = 0 ] && said "6 of 6" && said "$tmp/toured/index.html" && [ -s "$tmp/toured/index.html" ]'
    check 'tour says what a figure shows' 'said "12_batchnorm    the exact length of its gradient" && ! said "RUN chapters"'
    run env GRADCHECK_STATUS=1 MAKE="sh $tmp/made" sh tools/tour.sh "$tmp/toured" 2
    check 'tour stops where something is wrong' '[ $status = 2 ] && said "stopped in stage 3" && ! said "4 of 6"'
}

test_together
test_page
test_tour

# ---- all scripts: a decimal point, and no CDPATH, whatever the user's environment -------------------
for script in tools/*.sh tests/*.sh tests/fuzz/*.sh bench/*.sh; do
    run grep -c '^LC_ALL=C && export LC_ALL && unset CDPATH' "$script"
    check "$script sets its locale" '[ $status = 0 ]'
done

echo "tools: $passed passed, $failed failed"
[ "$failed" = 0 ]
