/* AppArmorProfile=, SELinuxContext=, SmackProcessLabel=: what the next execve(2) changes to. */
#ifndef SVEXEC_SECURITY_LABEL_H
#define SVEXEC_SECURITY_LABEL_H

#include "exec/start.h"

/* Smack's must be set while we may; the others hold from execve(2) on. */
void security_label_set_smack(struct start *start);
void security_label_set_exec(struct start *start);

#endif
