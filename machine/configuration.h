/* The folders NAME.d of /etc, /run, /usr/local/lib, /usr/lib and /lib, read as one; sysctl.d(5), modules-load.d(5). */
#ifndef SVMACHINE_CONFIGURATION_H
#define SVMACHINE_CONFIGURATION_H

struct configuration {
	char **paths; /* sorted by file name; each name once, from the first folder that has it */
	unsigned count;
};

/* All files *.conf. A link to /dev/null in an earlier folder hides its namesakes. */
void configuration_find(const char *folder, struct configuration *found);
void configuration_finish(struct configuration *found);
/* Whether a file of that name is among them. */
int configuration_has(const struct configuration *found, const char *name);

#endif
