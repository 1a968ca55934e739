/* What the specifiers say about the host and about who runs svinit: read when first asked for. */
#ifndef SVINIT_LOAD_HOST_FACTS_H
#define SVINIT_LOAD_HOST_FACTS_H

#include <stdbool.h>

enum host_fact {
	FACT_MACHINE_ID,
	FACT_BOOT_ID,
	FACT_HOST_NAME,
	FACT_SHORT_HOST_NAME,
	FACT_PRETTY_HOST_NAME,
	FACT_KERNEL_RELEASE,
	FACT_ARCHITECTURE,
	FACT_OS_ID,
	FACT_OS_VERSION_ID,
	FACT_OS_VARIANT_ID,
	FACT_OS_BUILD_ID,
	FACT_OS_IMAGE_ID,
	FACT_OS_IMAGE_VERSION,
	FACT_USER_NAME,
	FACT_USER_ID,
	FACT_GROUP_NAME,
	FACT_GROUP_ID,
	FACT_HOME,
	FACT_SHELL,
	FACT_RUNTIME_DIRECTORY,
	FACT_STATE_DIRECTORY,
	FACT_CACHE_DIRECTORY,
	FACT_LOGS_DIRECTORY,
	FACT_CONFIGURATION_DIRECTORY,
	FACT_TEMPORARY_DIRECTORY,
	FACT_LARGE_TEMPORARY_DIRECTORY,
	FACT_COUNT,
};

struct host_facts {
	bool user_mode;
	char *runtime_directory; /* NULL: the default of the mode */
	char *facts[FACT_COUNT];
};

/* "" when the host does not say; NULL when out of memory. */
const char *host_fact(struct host_facts *facts, enum host_fact fact);
/* Forgets what can change while svinit runs (host name, os-release, …): it is read again. */
void host_facts_forget(struct host_facts *facts);
void host_facts_finish(struct host_facts *facts);

/* This machine's architecture in systemd's words ("x86-64", "arm64", …). */
const char *host_architecture(void);

#endif
