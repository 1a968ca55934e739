/* The rows behind unit_properties.h, as its two files share them. */
#ifndef SVINIT_UNIT_PROPERTY_H
#define SVINIT_UNIT_PROPERTY_H

#include <stddef.h>

#include "supervisor/unit_properties.h"

/* The unit whose properties are being written. */
struct property_view {
	struct json_writer *to;
	struct manager *manager;
	const struct unit *unit;
	const struct unit_definition *definition;
	const struct service_definition *service; /* NULL: no service */
};

/* Each function writes one value. What `argument` means is the function's business: an offset, an index, a mask. */
struct property_row {
	const char *name;
	void (*write)(struct property_view *view, uint64_t argument);
	uint64_t argument;
};

/* A row without a name ends each. */
extern const struct property_row unit_property_rows[];
extern const struct property_row service_property_rows[];
extern const struct property_row exec_property_rows[];
extern const struct property_row sandbox_property_rows[];
extern const struct property_row timer_property_rows[];
extern const struct property_row socket_property_rows[];
extern const struct property_row resource_property_rows[];
extern const struct property_row slice_property_rows[];
extern const struct property_row unit_setting_rows[];
extern const struct property_row exec_setting_rows[];

/* Within an array: the limits of a unit that do not hold, as "MemoryMax=". */
void unit_write_failed_limits(struct property_view *view);

/* The tables for a unit of this type; NULL ends them. */
const struct property_row *const *unit_property_tables(const struct unit_definition *definition);

#endif
