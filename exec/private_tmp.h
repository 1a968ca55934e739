/* The directories behind PrivateTmp=: shared by all commands of a unit and by those who join its namespaces. */
#ifndef SVEXEC_PRIVATE_TMP_H
#define SVEXEC_PRIVATE_TMP_H

#include "exec/start.h"

void private_tmp_make(struct start *start);

#endif
