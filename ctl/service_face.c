#include "ctl/service_face.h"

#include <string.h>

#include "ctl/verb.h"

static char list_units[] = "list-units", all[] = "--all", type[] = "--type=service", restart[] = "restart",
	    version[] = "--version";

static char **usage(int *status)
{
	complain("usage: service NAME start|stop|restart|reload|force-reload|status|…, or service --status-all");
	*status = STATUS_FAILURE;
	return NULL;
}

char **service_arguments(int *argc, char **argv, int *status)
{
	static char *words[8];
	int count = 0;
	words[count++] = argv[0];
	if (*argc == 2 && strcmp(argv[1], "--status-all") == 0) {
		words[count++] = list_units;
		words[count++] = all;
		words[count++] = type;
	} else if (*argc == 2 && strcmp(argv[1], "--version") == 0) {
		words[count++] = version;
	} else if (*argc == 3 && argv[1][0] != '-') {
		words[count++] = strcmp(argv[2], "--full-restart") == 0 ? restart : argv[2];
		words[count++] = argv[1];
	} else {
		return usage(status);
	}
	words[count] = NULL;
	*argc = count;
	return words;
}
