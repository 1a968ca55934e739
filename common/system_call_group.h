/* Named sets of system calls: SystemCallFilter=@system-service and its like. */
#ifndef SVINIT_COMMON_SYSTEM_CALL_GROUP_H
#define SVINIT_COMMON_SYSTEM_CALL_GROUP_H

struct system_call_group {
	const char *name;    /* "@system-service" */
	const char *members; /* words apart by a space: names of calls, and of other groups */
};

/* NULL: there is none. "@known", all that the kernel has, is not among them. */
const struct system_call_group *system_call_group_find(const char *name);

#endif
