/* Namespaces other than that of mounts. Each says which key does not hold where the kernel refuses. */
#ifndef SVEXEC_NAMESPACES_H
#define SVEXEC_NAMESPACES_H

#include "exec/start.h"

/* Without CAP_SYS_ADMIN: a user namespace in which one has it, if anything asked for needs that. */
void namespaces_gain_privileges(struct start *start);
void namespaces_enter_network(struct start *start);
void namespaces_enter_ipc(struct start *start);
void namespaces_enter_hostname(struct start *start);
/* PrivateUsers=: behind all that needs privileges outside. */
void namespaces_enter_users(struct start *start);

#endif
