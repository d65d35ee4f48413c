/* The name of a bug: what turns the right gradient into the wrong one. */
#ifndef NAMING_H
#define NAMING_H

#include "03_measure.h"
#include "03_subject.h"

#include <stdbool.h>

/* Tries known mistakes on the numeric gradient, from the simplest on, and says in
 * `text` the first that gives the analytic one within the bars. A mistake that has
 * a free number in it must fit more elements than it has such numbers. Returns
 * false, and an empty text, where none does: the bug is of no known kind.
 * Array `array` of the subject is as gradcheck_measure left it. */
bool bug_name(char text[NOTE_TEXT], const Subject *s, int array, const MeasuredArray *m);

/* A bug is one in the code, and shows at several shapes; at a small one it may look like another: where there is
 * one example, a gradient without the last is 0 everywhere. Of n names that it was given, one a shape, returns
 * which is given most often, numbers aside; of equals the first. */
int name_of_most(const char *const *name, int n);

#endif
