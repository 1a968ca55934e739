/* What unit files there are. */
#ifndef SVCTL_UNIT_FILE_LIST_H
#define SVCTL_UNIT_FILE_LIST_H

#include "ctl/install.h"

/* The names in all unit directories, each once, by type and name; NULL without any, or when out of memory. */
char **unit_file_names(const struct install *install);

#endif
