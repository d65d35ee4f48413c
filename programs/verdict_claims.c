/* The claims, and what decides each: docs/verdict-plan.md, as data. */
#include "verdict_claims.h"

#include <stddef.h>

#define AT(measure, arm)    \
    {                       \
        arm, measure, GIVEN \
    }
#define TUNED_AT(measure, arm) \
    {                          \
        arm, measure, TUNED    \
    }
#define OF(measure, arm, setting) \
    {                             \
        arm, measure, setting     \
    }

/* G, D or both against neither: one part each. */
#define PLACES_MORE(id, what, study, take, measure, by, smallest, low)                                                \
    { id, what ", in G", study, { take, AT(measure, "generator"), AT(measure, "none"), by, smallest, low } },         \
        { id, what ", in D", study, { take, AT(measure, "discriminator"), AT(measure, "none"), by, smallest, low } }, \
    {                                                                                                                 \
        id, what ", in both", study, { take, AT(measure, "both"), AT(measure, "none"), by, smallest, low }            \
    }
#define PLACES_LESS(id, what, study, take, measure, by, smallest, low)                                                \
    { id, what ", in G", study, { take, AT(measure, "none"), AT(measure, "generator"), by, smallest, low } },         \
        { id, what ", in D", study, { take, AT(measure, "none"), AT(measure, "discriminator"), by, smallest, low } }, \
    {                                                                                                                 \
        id, what ", in both", study, { take, AT(measure, "none"), AT(measure, "both"), by, smallest, low }            \
    }
#define PLACES_TUNED(id, what, study, take, measure, by, smallest, low)                                                   \
    { id, what ", in G", study, { take, TUNED_AT(measure, "none"), TUNED_AT(measure, "generator"), by, smallest, low } }, \
        { id,                                                                                                             \
          what ", in D",                                                                                                  \
          study,                                                                                                          \
          { take, TUNED_AT(measure, "none"), TUNED_AT(measure, "discriminator"), by, smallest, low } },                   \
    {                                                                                                                     \
        id, what ", in both", study, { take, TUNED_AT(measure, "none"), TUNED_AT(measure, "both"), by, smallest, low }    \
    }

/* clang-format off */
const Part parts[] = {
    { "M1", "condition number, raw over standardised", "identities",
      { AT_SETTING, AT("condition", "all"), AT("condition_standardised", "all"), RATIO, 2, true } },
    { "M1", "steps of gradient descent, raw over standardised", "identities",
      { AT_SETTING, AT("steps", "all"), AT("steps_standardised", "all"), RATIO, 2, true } },
    { "M2", "error of the identity of chapter 12", "identities",
      { AT_SETTING, { NULL, NULL, 0 }, AT("identity_error", "all"), AT_MOST, 1e-10, true } },
    { "M2", "largest bound over smallest, if it is one constant", "identities",
      { AT_SETTING, { NULL, NULL, 0 }, AT("spread_of_bound", "all"), AT_MOST, 1.1, true } },
    { "M3", "distance from an affine map, in evaluation mode", "identities",
      { AT_SETTING, { NULL, NULL, 0 }, AT("eval_error", "all"), AT_MOST, 1e-10, true } },
    { "M3", "distance from an affine map, in training mode", "identities",
      { AT_SETTING, { NULL, NULL, 0 }, AT("train_error", "all"), AT_MOST, 1e-10, true } },
    { "M4", "distance from the identity, fixed statistics", "identities",
      { AT_SETTING, { NULL, NULL, 0 }, AT("fixed_distance", "all"), AT_MOST, 1e-10, true } },
    { "M4", "distance from the identity, statistics of the batch", "identities",
      { AT_SETTING, { NULL, NULL, 0 }, AT("batch_distance", "all"), AT_MOST, 1e-10, true } },
    { "M5", "percent of dead units with LeakyReLU", "units",
      { AT_SETTING, { NULL, NULL, 0 }, AT("dead", "leaky"), AT_MOST, 0, true } },
    { "M5", "percent of dead units, ReLU more than LeakyReLU", "units",
      { AT_SETTING, AT("dead", "relu"), AT("dead", "leaky"), DIFFERENCE, 0, true } },

    { "R1", "accuracy on brighter images, training set's statistics over none", "shift",
      { AT_SETTING, AT("accuracy_brighter", "training"), AT("accuracy_brighter", "raw"), DIFFERENCE, 5, false } },
    { "R1", "the same, test set's own statistics over none", "shift",
      { AT_SETTING, AT("accuracy_brighter", "own"), AT("accuracy_brighter", "raw"), DIFFERENCE, 5, false } },
    { "R2a", "wander of the medians, without over with", "sigmoids",
      { AT_SETTING, AT("wander", "none"), AT("wander", "batch"), RATIO, 1.5, true } },
    { "R2b", "change of a layer's gradient, without over with", "sigmoids",
      { AT_SETTING, AT("gradient_shift", "none"), AT("gradient_shift", "batch"), RATIO, 1.5, true } },
    { "R3", "steps to 95 %, without over with, each at its best rate", "speed",
      { AT_SETTING, TUNED_AT("steps", "none"), TUNED_AT("steps", "batch"), RATIO, 1.5, true } },
    { "R4", "largest rate that does not diverge, with over without", "linear",
      { LARGEST_WITHOUT, AT("diverged", "batch"), AT("diverged", "none"), RATIO, 2, false } },
    { "R5", "test accuracy, with over without, batch 8", "small",
      { AT_SETTING, TUNED_AT("accuracy", "batch-8"), TUNED_AT("accuracy", "none-8"), DIFFERENCE, 1, false } },
    { "R5", "test accuracy, with over without, batch 32", "small",
      { AT_SETTING, TUNED_AT("accuracy", "batch-32"), TUNED_AT("accuracy", "none-32"), DIFFERENCE, 1, false } },
    { "R5", "test accuracy, with over without, batch 128", "small",
      { AT_SETTING, TUNED_AT("accuracy", "batch-128"), TUNED_AT("accuracy", "none-128"), DIFFERENCE, 1, false } },
    { "R6", "slope of the log gradient, without over with, He's weights, batch 8", "depth",
      { AT_SETTING, OF("bend", "relu-he", 8), OF("bend", "relu-he-batch", 8), DIFFERENCE, 0.05, true } },
    { "R6", "the same, batch 128", "depth",
      { AT_SETTING, OF("bend", "relu-he", 128), OF("bend", "relu-he-batch", 128), DIFFERENCE, 0.05, true } },
    { "R6", "the same, PyTorch's weights, batch 8", "depth",
      { AT_SETTING, OF("bend", "relu-small", 8), OF("bend", "relu-small-batch", 8), DIFFERENCE, 0.05, true } },
    { "R6", "the same, PyTorch's weights, batch 128", "depth",
      { AT_SETTING, OF("bend", "relu-small", 128), OF("bend", "relu-small-batch", 128), DIFFERENCE, 0.05, true } },
    { "R7", "range of the loss along its gradient, without over with", "sigmoids",
      { AT_SETTING, AT("loss_range", "none"), AT("loss_range", "batch"), RATIO, 1.5, true } },

    { "R8", "Fréchet distance at most 1.25 times training mode's, batch norm in G", "digits",
      { AT_SETTING, AT("frechet_train", "generator"), AT("frechet", "generator"), RATIO, 0.8, true } },
    { "R8", "the same, in both", "digits",
      { AT_SETTING, AT("frechet_train", "both"), AT("frechet", "both"), RATIO, 0.8, true } },
    { "R8", "cure: statistics estimated anew, in both", "digits",
      { AT_SETTING, AT("frechet", "both"), AT("frechet_anew", "both"), RATIO, 1.25, true } },
    { "R8", "cure: a tenth of the momentum, in G", "digits",
      { AT_SETTING, AT("frechet", "generator"), AT("frechet", "slow"), RATIO, 1.25, true } },

    PLACES_LESS("R9a", "percent of rates that diverge, ring", "ring-rates", SHARE_OF_ONES, "diverged", DIFFERENCE, 10, true),
    PLACES_MORE("R9c", "largest rate with a mode found, ring", "ring-rates", LARGEST_WITH, "modes", RATIO, 2, false),
    PLACES_LESS("R9a", "percent of rates that diverge, digits", "digits-rates", SHARE_OF_ONES, "diverged", DIFFERENCE, 10, true),
    PLACES_LESS("R9b", "swings of D's loss, ring", "ring", AT_SETTING, "swing", RATIO, 1.5, true),
    PLACES_LESS("R9b", "swings of D's loss, digits", "digits", AT_SETTING, "swing", RATIO, 1.5, true),
    PLACES_LESS("R9b", "swings of D's loss, MNIST", "mnist", AT_SETTING, "swing", RATIO, 1.5, true),
    PLACES_LESS("R9b", "swings of D's loss, DCGAN on MNIST", "dcgan", AT_SETTING, "swing", RATIO, 1.5, true),

    PLACES_TUNED("R10", "updates to the same distance, digits", "digits", FIRST_BELOW, "frechet", RATIO, 1.5, true),
    PLACES_LESS("R10", "updates to the same distance, MNIST, rate as given", "mnist", FIRST_BELOW, "frechet", RATIO, 1.5, true),
    PLACES_LESS("R10", "updates to the same distance, DCGAN on MNIST, rate as given", "dcgan", FIRST_BELOW, "frechet", RATIO, 1.5, true),
    PLACES_TUNED("R10b", "Fréchet distance at the end, digits", "digits", AT_SETTING, "frechet", RATIO, 1.25, true),
    PLACES_LESS("R10b", "Fréchet distance at the end, MNIST, rate as given", "mnist", AT_SETTING, "frechet", RATIO, 1.25, true),
    PLACES_LESS("R10b", "Fréchet distance at the end, DCGAN on MNIST, rate as given", "dcgan", AT_SETTING, "frechet", RATIO, 1.25, true),

    PLACES_MORE("R11a", "modes of the ring", "ring", AT_SETTING, "modes", DIFFERENCE, 1, false),
    PLACES_MORE("R11a", "modes of the grid", "grid", AT_SETTING, "modes", DIFFERENCE, 2, false),
    { "R11a", "modes of stacked digits, in G", "stacked",
      { AT_SETTING, AT("modes", "generator"), AT("modes", "none"), DIFFERENCE, 50, false } },
    { "R11b", "modes of the ring, batch norm over virtual batch norm", "ring",
      { AT_SETTING, AT("modes", "generator"), AT("modes", "virtual"), DIFFERENCE, 1, false } },
    { "R11b", "good samples on the ring, batch norm over virtual batch norm", "ring",
      { AT_SETTING, AT("good", "generator"), AT("good", "virtual"), DIFFERENCE, 10, false } },
    { "R11b", "modes of the ring, batch norm over frozen statistics", "ring",
      { AT_SETTING, AT("modes", "generator"), AT("modes", "frozen"), DIFFERENCE, 1, false } },
    { "R11b", "good samples on the ring, batch norm over frozen statistics", "ring",
      { AT_SETTING, AT("good", "generator"), AT("good", "frozen"), DIFFERENCE, 10, false } },
    { "R11b", "modes of the grid, batch norm over virtual batch norm", "grid",
      { AT_SETTING, AT("modes", "generator"), AT("modes", "virtual"), DIFFERENCE, 2, false } },
    { "R11b", "good samples on the grid, batch norm over virtual batch norm", "grid",
      { AT_SETTING, AT("good", "generator"), AT("good", "virtual"), DIFFERENCE, 10, false } },
    { "R11b", "modes of the grid, batch norm over frozen statistics", "grid",
      { AT_SETTING, AT("modes", "generator"), AT("modes", "frozen"), DIFFERENCE, 2, false } },

    { "R11b", "good samples on the grid, batch norm over frozen statistics", "grid",
      { AT_SETTING, AT("good", "generator"), AT("good", "frozen"), DIFFERENCE, 10, false } },
    { "R12", "error at constant pixels, in both over in G, digits", "digits",
      { AT_SETTING, AT("constant_error", "both"), AT("constant_error", "generator"), DIFFERENCE, 0.2, true } },
    { "R12", "error at constant pixels, in both over in G, MNIST", "mnist",
      { AT_SETTING, AT("constant_error", "both"), AT("constant_error", "generator"), DIFFERENCE, 0.2, true } },
    { "R13", "error at constant pixels, two batches over one in D's step", "digits",
      { AT_SETTING, AT("constant_error", "both"), AT("constant_error", "mixed"), DIFFERENCE, 0.2, true } },
    { "R13", "Fréchet distance at most 1.25 times as far, one batch in D's step", "digits",
      { AT_SETTING, AT("frechet", "both"), AT("frechet", "mixed"), RATIO, 0.8, true } },
    { "R13", "error at constant pixels, two batches over one in both steps", "digits",
      { AT_SETTING, AT("constant_error", "both"), AT("constant_error", "together"), DIFFERENCE, 0.2, true } },
    { "R13", "Fréchet distance at most 1.25 times as far, one batch in both steps", "digits",
      { AT_SETTING, AT("frechet", "both"), AT("frechet", "together"), RATIO, 0.8, true } },
    { "R13", "error at constant pixels, two batches over one in both steps, MNIST", "mnist",
      { AT_SETTING, AT("constant_error", "both"), AT("constant_error", "together"), DIFFERENCE, 0.2, true } },
    { "R13", "Fréchet distance at most 1.25 times as far, one batch in both steps, MNIST", "mnist",
      { AT_SETTING, AT("frechet", "both"), AT("frechet", "together"), RATIO, 0.8, true } },
    { "R14", "D's loss at the end, batch statistics over running ones in G's step", "digits",
      { AT_SETTING, AT("loss_d", "both"), AT("loss_d", "judged"), RATIO, 2, true } },
    { "R14", "Fréchet distance, running statistics in G's step over the batch's", "digits",
      { AT_SETTING, AT("frechet", "judged"), AT("frechet", "both"), RATIO, 1.25, true } },
};
/* clang-format on */
const int n_parts = sizeof parts / sizeof *parts;
