/* Threads, for whoever writes a loop that is worth two.
 *
 * Work is cut into pieces that do not depend on the number of threads, and
 * pieces never share a sum: the same bytes come out for any number. Below a
 * few thousand elements a second thread costs more than it brings. */
#ifndef PARALLEL_H
#define PARALLEL_H

void threads_set(int n);
int threads_get(void);

/* PARALLEL_FOR deals the turns of a loop out beforehand, in equal parts: what
 * a thread made in one loop it finds in its cache in the next. PARALLEL_DYNAMIC
 * gives the next `chunk` of turns to whichever thread is ready: for turns that
 * take long, so that nobody waits for a core that other work slows down. In
 * the build of definitions both do nothing, and the loop is a loop. */
#ifdef _OPENMP
#define PRAGMA(x) _Pragma(#x)
#define PARALLEL_FOR(work) PRAGMA(omp parallel for schedule(static) if ((work) >= 16384))
#define PARALLEL_DYNAMIC(work, chunk) PRAGMA(omp parallel for schedule(dynamic, chunk) if ((work) >= 16384))
#else
#define PARALLEL_FOR(work) (void)(work);
#define PARALLEL_DYNAMIC(work, chunk) (void)(work);
#endif

#endif
