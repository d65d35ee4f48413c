/* gan summary: both networks of a model, layer by layer. */
#include "gan.h"

#include "00_error.h"
#include "04_layer.h"
#include "09_network.h"
#include "09_summary.h"

#include <stdio.h>

void print_summary(const Run *run)
{
    const Network *G = run->gan.generator, *D = run->gan.discriminator;
    network_summary_print(stdout, G, (Shape){ 1, { run->gan.noise_size } });
    network_summary_print(stdout, D, (Shape){ 1, { run->recipe.height * run->recipe.width } });
    printf("  %-16s %-16s %12d  (taken into the loss)\n", "Sigmoid", "Nx1", 0);
    printf("in all, as Keras counts: generator %ld, discriminator %ld\n",
           layer_param_count(&G->base) + layer_state_count(&G->base),
           layer_param_count(&D->base) + layer_state_count(&D->base));
    fflush(stdout);
}

int gan_summary(int argc, char **argv)
{
    Options o = defaults();
    const Option option[] = { NORM_OPTION(&o), ORDER_OPTION(&o), { 0 } };
    const char *model = word_and_options(
        argc, argv, "model",
        "gan summary MODEL (mlp, dcgan-upsample or dcgan-transpose): prints both networks, layer by layer.", option);
    if (!word_among(model, model_names))
        user_error("found '%s'; expected one of %s", model, model_names);
    o.model = model;
    Recipe recipe = recipe_of(&o, NULL);
    Run run;
    run_new(&run, &recipe, NULL);
    print_summary(&run);
    run_free(&run);
    return 0;
}
