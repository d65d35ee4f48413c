/* gan export and gan import: weights to other frameworks and back. */
#include "gan.h"

#include "00_error.h"
#include "09_network.h"
#include "21_layout.h"
#include "21_safetensors.h"

#include <string.h>

enum { MOST_TENSORS = 64 };

/* The named network of a run, seen in the layout. */
static int relayout(const Options *o, Run *run, Relayout r[MOST_TENSORS])
{
    Network *n = strcmp(o->network, "generator") == 0 ? run->gan.generator : run->gan.discriminator;
    Layout layout = strcmp(o->layout, "pytorch") == 0 ? LAYOUT_PYTORCH : LAYOUT_KERAS;
    bool blog = strcmp(run->recipe.model, "mlp") == 0;
    return layout_of(n, layout, blog && layout == LAYOUT_PYTORCH ? "network." : "", r, MOST_TENSORS);
}

#define NETWORK_OPTION(o) \
    (Option) { "network", OPTION_CHOICE, &(o)->network, "which of the two", 0, 0, "generator|discriminator" }
#define LAYOUT_OPTION(o) \
    (Option) { "layout", OPTION_CHOICE, &(o)->layout, "names, shapes and axes of which framework", 0, 0, "pytorch|keras" }

static void require_out(const char *out, const char *in)
{
    if (!out || !*out)
        user_error("--out: found nothing; expected the file to write");
    require_other_file("out", out, in);
}

int gan_export(int argc, char **argv)
{
    Options o = defaults();
    const Option option[] = {
        NETWORK_OPTION(&o),
        LAYOUT_OPTION(&o),
        { "out", OPTION_TEXT, &o.out, "the safetensors file to write", 0, 0, NULL },
        { 0 },
    };
    const char *checkpoint = word_and_options(
        argc, argv, "checkpoint",
        "gan export CHECKPOINT: writes a network's weights as PyTorch's load_state_dict or Keras's set_weights\n"
        "takes them. Chapter 21 prints the model on the other side.",
        option);
    require_out(o.out, checkpoint);
    Run run;
    Relayout r[MOST_TENSORS];
    run_load(&run, checkpoint);
    layout_write(r, relayout(&o, &run, r), o.out);
    run_free(&run);
    return 0;
}

int gan_import(int argc, char **argv)
{
    Options o = defaults();
    o.model = o.order = NULL;
    const Option option[] = {
        NETWORK_OPTION(&o),
        LAYOUT_OPTION(&o),
        { "model", OPTION_CHOICE, &o.model, "the GAN they belong to (mlp; with --into, the checkpoint's)", 0, 0, model_names },
        NORM_OPTION(&o),
        { "order", OPTION_CHOICE, &o.order, "dcgan: LeakyReLU then batch norm, or the reverse (given)", 0, 0, order_names },
        SEED_OPTION(&o, "without --into: seed of the other network's initial weights"),
        { "into", OPTION_TEXT, &o.into, "put them into this checkpoint's network instead of a new one's", 0, 0, NULL },
        { "out", OPTION_TEXT, &o.out, "the checkpoint to write", 0, 0, NULL },
        { 0 },
    };
    const char *path = word_and_options(
        argc, argv, "safetensors file",
        "gan import FILE: makes a checkpoint from weights that PyTorch or Keras saved; what gan export writes,\n"
        "this reads back. Without --into the model is new but for them; with it, the rest of the\n"
        "checkpoint, Adam's moments included, stays as it is.",
        option);
    require_out(o.out, path);
    if (o.into && (o.model || o.norm || o.order))
        user_error("--into: found with --model, --norm or --order; the checkpoint has its own");
    o.model = o.model ? o.model : "mlp";
    o.order = o.order ? o.order : "given";
    Run run;
    Relayout r[MOST_TENSORS];
    Recipe recipe = recipe_of(&o, NULL);
    Safetensors file = safetensors_read(path);
    if (o.into)
        run_load(&run, o.into);
    else
        run_new(&run, &recipe, NULL);
    layout_strip(&file);
    const char *why = layout_read(r, relayout(&o, &run, r), &file);
    if (why)
        user_error("%s: %s; expected the %s of %s%s, for %s", path, why, o.network, o.into ? "" : "--model ",
                   o.into ? o.into : o.model, o.layout);
    run_save(&run, o.out);
    safetensors_free(&file);
    run_free(&run);
    return 0;
}
