#include "sandbox.h"

#include "00_error.h"
#include "01_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined __linux__ && (defined __x86_64__ || defined __aarch64__)
#define FILTERS
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

enum { ANSWERS = 3, FILTER = 4, NOBODY = 65534 };

/* ---- a filter of system calls ---------------------------------------------------------------- */

#ifdef FILTERS
#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif
#define ALLOW(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* What a program needs to begin, to compute, to read calls, to write and to end. All else
 * is refused with an error, as if there were no permission. No new process, thread, file
 * or socket: so no fork bomb, and nothing to read or to spoil. */
static struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS), /* the same numbers mean other calls there */
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    ALLOW(read),
    ALLOW(write),
    ALLOW(writev),
    ALLOW(close),
    ALLOW(fstat),
    ALLOW(newfstatat),
    ALLOW(lseek),
    ALLOW(ioctl),
    ALLOW(mmap),
    ALLOW(munmap),
    ALLOW(mremap),
    ALLOW(mprotect),
    ALLOW(madvise),
    ALLOW(brk),
    ALLOW(execve),
    ALLOW(execveat),
    ALLOW(exit),
    ALLOW(exit_group),
    ALLOW(set_tid_address),
    ALLOW(set_robust_list),
    ALLOW(rseq),
    ALLOW(rt_sigaction),
    ALLOW(rt_sigprocmask),
    ALLOW(rt_sigreturn),
    ALLOW(sigaltstack),
    ALLOW(tgkill),
    ALLOW(gettid),
    ALLOW(getpid),
    ALLOW(futex),
    ALLOW(wait4),
    ALLOW(getrandom),
    ALLOW(clock_gettime),
    ALLOW(clock_nanosleep),
    ALLOW(readlinkat),
    ALLOW(uname),
#ifdef SYS_arch_prctl
    ALLOW(arch_prctl),
    ALLOW(readlink),
#endif
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

static bool filter_known(void) { return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0; }

static void filter_install(void)
{
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (filter_known() && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(120);
}

/* For bubblewrap, which installs it itself: a file that holds the filter. */
static void filter_hand_over(void)
{
    int ends[2];
    if (pipe(ends) != 0 || !write_all(ends[1], filter, sizeof filter) || dup2(ends[0], FILTER) != FILTER)
        _exit(120);
    close(ends[1]);
    if (ends[0] != FILTER)
        close(ends[0]);
}
#else
static void filter_install(void) {}
static bool filter_known(void) { return false; }
static void filter_hand_over(void) {}
#endif

/* ---- limits ------------------------------------------------------------------------------------- */

static void limit(int what, rlim_t most)
{
    struct rlimit both = { most, most };
    setrlimit(what, &both);
}

/* Not those that bubblewrap itself could not live with. */
static void limits_set(bool wrapped)
{
    limit(RLIMIT_CPU, SECONDS + 1);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_AS, (rlim_t)MEGABYTES << 20);
    if (wrapped)
        return;
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        _exit(120);
    limit(RLIMIT_NPROC, 0);
}

/* ---- beginning ------------------------------------------------------------------------------------ */

static const char *wrapper(void) /* bubblewrap, where it is there and can do its work; else NULL */
{
    static int known = -1;
    const char *without = getenv("GRADE_UNWRAPPED"); /* for the tests */
    if (known < 0)
        known = !(without && without[0]) && system("exec bwrap --ro-bind / / --unshare-all true >/dev/null 2>&1") == 0;
    return known ? "bwrap" : NULL;
}

const char *sandbox_kind(void)
{
    if (wrapper())
        return "under bubblewrap, within limits of time and memory, with a filter of system calls";
    return filter_known()
               ? "within limits of time and memory, with a filter of system calls (no bubblewrap here: 'make setup GRADING=1')"
               : "within limits of time and memory alone (no bubblewrap here: 'make setup GRADING=1')";
}

/* In the child: files 0 to 3 are in place; becomes the program. */
static void become(const char *path)
{
    char *const nothing[] = { NULL };
    const char *program = wrapper();
    if (!program) {
        int own = open(path, O_RDONLY | O_CLOEXEC); /* who gives up root's rights may not find the way there again */
        limits_set(false);
        filter_install();
        fexecve(own, (char *[]){ "worker", NULL }, nothing);
        _exit(121);
    }
    filter_hand_over();
    limits_set(true);
    execlp(program, program, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL",
           "--ro-bind", path, "/worker", "--seccomp", "4", "/worker", (char *)NULL);
    _exit(121);
}

/* Moves the child's ends out of the way of 0 to 4, and then there. */
static void place_files(int calls, int answers, int prints)
{
    int high[3] = { fcntl(calls, F_DUPFD, 16), fcntl(answers, F_DUPFD, 16), fcntl(prints, F_DUPFD, 16) };
    dup2(high[0], 0), dup2(high[2], 1), dup2(high[2], 2), dup2(high[1], ANSWERS);
    for (int file = ANSWERS + 1; file < 256; file++)
        close(file);
}

static void worker_start(Worker *w)
{
    int calls[2], answers[2], prints[2];
    fflush(NULL);
    wrapper(); /* asked once, here */
    REQUIRE(pipe(calls) == 0 && pipe(answers) == 0 && pipe(prints) == 0, "no pipe: %s", strerror(errno));
    w->pid = fork();
    REQUIRE(w->pid >= 0, "no process: %s", strerror(errno));
    if (w->pid == 0) {
        setpgid(0, 0);
        place_files(calls[0], answers[1], prints[1]);
        become(w->path);
    }
    setpgid(w->pid, w->pid);
    close(calls[0]), close(answers[1]), close(prints[1]);
    w->calls = calls[1], w->answers = answers[0], w->prints = prints[0];
    w->printed = 0, w->text[0] = '\0';
    int ours[] = { w->calls, w->answers, w->prints };
    for (int k = 0; k < 3; k++) {
        fcntl(ours[k], F_SETFD, FD_CLOEXEC);
        fcntl(ours[k], F_SETFL, O_NONBLOCK);
    }
}

/* Ends it, if it has not ended by itself within `patience` thousandths of a second; its status. */
static int worker_end(Worker *w, int patience)
{
    int status = 0;
    pid_t ended = 0;
    for (int k = 0; k < patience && (ended = waitpid(w->pid, &status, WNOHANG)) == 0; k++)
        nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
    kill(-w->pid, SIGKILL);
    while (ended == 0 && waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(w->calls), close(w->answers), close(w->prints);
    w->pid = 0;
    return status;
}

void worker_stop(Worker *w)
{
    if (w->pid)
        worker_end(w, 0);
}

/* ---- one call ----------------------------------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is on its way: a request out, an answer in. */
typedef struct {
    unsigned char *out, *in;
    size_t n_out, done_out, n_in, done_in;
} Traffic;

/* Takes what was printed, and keeps the last line or two. */
static void take_prints(Worker *w)
{
    char bytes[4096];
    ssize_t n = read(w->prints, bytes, sizeof bytes);
    if (n <= 0)
        return;
    w->printed += (size_t)n;
    size_t room = sizeof w->text - 1, kept = strlen(w->text), add = (size_t)n < room ? (size_t)n : room;
    size_t keep = kept + add > room ? room - add : kept;
    memmove(w->text, w->text + kept - keep, keep);
    memcpy(w->text + keep, bytes + (size_t)n - add, add);
    w->text[keep + add] = '\0';
    for (size_t i = 0; i < keep + add; i++)
        if (w->text[i] == '\0')
            w->text[i] = ' ';
}

/* Moves what can be moved within a tenth of a second; false: the other side has ended. */
static bool move_on(Worker *w, Traffic *t)
{
    struct pollfd file[] = { { w->answers, POLLIN, 0 }, { w->prints, POLLIN, 0 }, { w->calls, POLLOUT, 0 } };
    poll(file, t->done_out < t->n_out ? 3 : 2, 100);
    if (file[1].revents & POLLIN)
        take_prints(w);
    if (t->done_out < t->n_out && (file[2].revents & (POLLOUT | POLLERR))) {
        ssize_t n = write(w->calls, t->out + t->done_out, t->n_out - t->done_out);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        t->done_out += n > 0 ? (size_t)n : 0;
    }
    if (file[0].revents & (POLLIN | POLLHUP)) {
        ssize_t n = read(w->answers, t->in + t->done_in, t->n_in - t->done_in);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        t->done_in += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* The last line it printed, for the reason why it ended. */
static const char *last_line(Worker *w)
{
    for (int k = 0; k < 20 && w->printed < PRINTED; k++) /* what is still on its way */
        take_prints(w);
    size_t n = strlen(w->text);
    while (n > 0 && (unsigned char)w->text[n - 1] <= ' ')
        w->text[--n] = '\0';
    const char *line = strrchr(w->text, '\n');
    return line ? line + 1 : w->text;
}

static void say_how_it_ended(Worker *w, char why[200])
{
    const char *line = last_line(w);
    char said[120] = "";
    if (line[0])
        snprintf(said, sizeof said, "; it said: %.100s", line);
    int status = worker_end(w, 200);
    int signal = WIFSIGNALED(status)                              ? WTERMSIG(status)
                 : WIFEXITED(status) && WEXITSTATUS(status) > 128 ? WEXITSTATUS(status) - 128
                                                                  : 0;
    if (signal)
        snprintf(why, 200, "it crashed (%s)%s", strsignal(signal), said);
    else
        snprintf(why, 200, "it ended the program (status %d) instead of returning%s",
                 WIFEXITED(status) ? WEXITSTATUS(status) : 0, said);
}

static bool exchange(Worker *w, Traffic *t, char why[200])
{
    for (double end = now() + SECONDS; t->done_in < t->n_in;) {
        if (!move_on(w, t)) {
            say_how_it_ended(w, why);
            return false;
        }
        if (w->printed > PRINTED) {
            worker_end(w, 0);
            snprintf(why, 200, "it printed more than %d KB", PRINTED / 1024);
            return false;
        }
        if (now() > end) {
            worker_end(w, 0);
            w->gave_up = true;
            snprintf(why, 200, "it took more than %d seconds: a loop that never ends?", SECONDS);
            return false;
        }
    }
    return true;
}

/* The answer has the call's own arrays and sizes, or it is none. */
static bool take_answer(Call *c, const Traffic *t)
{
    size_t n, bytes = call_bytes(c);
    Call answer;
    memcpy(&n, t->in, sizeof n);
    if (n != bytes || !call_read(&answer, t->in + sizeof n, n))
        return false;
    bool same = answer.n_array == c->n_array;
    for (int k = 0; same && k < c->n_array; k++)
        same = shape_equal(answer.array[k].shape, c->array[k].shape);
    for (int k = 0; same && k < c->n_array; k++)
        memcpy(c->array[k].at, answer.array[k].at, call_count(&c->array[k]) * sizeof(real));
    call_free(&answer);
    return same;
}

bool worker_call(Worker *w, int task, Call *c, char why[200])
{
    size_t bytes = call_bytes(c), head[2] = { (size_t)task, bytes };
    Traffic t = { .n_out = sizeof head + bytes, .n_in = sizeof bytes + bytes };
    t.out = memory_get(t.n_out), t.in = memory_get(t.n_in);
    memcpy(t.out, head, sizeof head);
    call_write(t.out + sizeof head, c);
    if (!w->pid)
        worker_start(w);
    bool answered = exchange(w, &t, why);
    if (answered && !take_answer(c, &t)) {
        worker_end(w, 0);
        snprintf(why, 200, "its memory was overwritten: an index out of bounds?");
        answered = false;
    }
    memory_release(t.out), memory_release(t.in);
    return answered;
}
