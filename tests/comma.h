/* A locale with a decimal comma, made for the test where the system has its source. */
#ifndef COMMA_H
#define COMMA_H

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* From now on this program prints 1/2 as "0,5". */
static inline bool comma_begin(void)
{
    char command[256], folder[] = "/tmp/gradus-locale-XXXXXX";
    if (setlocale(LC_ALL, "de_DE.UTF-8") || setlocale(LC_ALL, "fr_FR.UTF-8"))
        return true;
    if (!mkdtemp(folder))
        return false;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s.log 2>&1", folder, folder);
    bool made = system(command) == 0 && setenv("LOCPATH", folder, 1) == 0 && setlocale(LC_ALL, "de_DE.UTF-8");
    snprintf(command, sizeof command, "rm -rf %s %s.log", folder, folder);
    return system(command) == 0 && made;
}

#endif
