/* The hash of a figure's parameters after so many steps, natively: what the same figure shows in a page.
 *
 * usage: live_hash NAME SEED STEPS OPTION... */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

double *live_room(void);
int live_make(double seed);
void live_run(int figure, int steps);
uint64_t live_hash(int figure);

int main(int argc, char **argv)
{
    double *room = live_room();
    int n = 0;
    if (argc < 4) {
        fprintf(stderr, "live_hash: found %d words; expected NAME SEED STEPS OPTION...\n", argc - 1);
        return 2;
    }
    for (const char *c = argv[1]; *c; c++)
        room[n++] = *c;
    room[n++] = 0;
    for (int k = 4; k < argc; k++)
        room[n++] = strtod(argv[k], NULL);
    int figure = live_make(strtod(argv[2], NULL));
    if (figure < 0) {
        fprintf(stderr, "live_hash: found '%s'; expected a figure that trains, as plane or digits\n", argv[1]);
        return 2;
    }
    live_run(figure, atoi(argv[3]));
    printf("%016" PRIx64 "\n", live_hash(figure));
    return 0;
}
