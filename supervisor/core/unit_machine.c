#include "supervisor/core/unit_machine.h"

#include "supervisor/core/service.h"
#include "supervisor/core/simple_unit.h"
#include "supervisor/core/socket.h"
#include "supervisor/core/timer.h"

static const struct unit_machine simple = { .start = simple_unit_start, .stop = simple_unit_stop };
static const struct unit_machine service = { .start = service_start, .stop = service_stop, .timeout = service_timeout };
static const struct unit_machine timer = {
	.start = timer_start,
	.stop = timer_stop,
	.timeout = timer_timeout,
	.triggered_changed = timer_triggered_changed,
	.refresh = timer_refresh,
	.resume = timer_refresh,
};
static const struct unit_machine socket = {
	.start = socket_start,
	.stop = socket_stop,
	.triggered_changed = socket_triggered_changed,
	.resume = socket_resume,
};

const struct unit_machine *unit_machine(const struct unit *unit)
{
	switch (unit->definition->type) {
	case UNIT_SERVICE:
		return &service;
	case UNIT_SOCKET:
		return &socket;
	case UNIT_TIMER:
		return &timer;
	default:
		return &simple;
	}
}
