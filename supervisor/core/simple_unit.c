#include "supervisor/core/simple_unit.h"

#include <stdio.h>
#include <string.h>

#include "supervisor/core/job.h"
#include "supervisor/core/unit_state.h"

static bool is_supported(const struct unit_definition *definition)
{
	return definition->type == UNIT_TARGET || definition->type == UNIT_SLICE || definition->type == UNIT_DEVICE ||
	       definition->type == UNIT_MOUNT;
}

void simple_unit_start(struct core *core, struct unit *unit)
{
	char text[64];

	unit_adopt_definition(core, unit);
	unit_clear_failure(unit);
	unit->result = RESULT_SUCCESS;
	if (is_supported(unit->definition)) {
		unit_set_state(core, unit, SUB_ACTIVE);
		return;
	}
	snprintf(text, sizeof text, "%s units cannot be started", unit_type_name(unit->definition->type));
	job_finish(core, unit, JOB_UNSUPPORTED, text);
}

void simple_unit_stop(struct core *core, struct unit *unit)
{
	unit_set_state(core, unit, SUB_DEAD);
}
