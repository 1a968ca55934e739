/* [Timer]: systemd.timer(5). */
#include "supervisor/load/key.h"
#include "supervisor/load/values.h"

#define AT(field)  offsetof(struct timer_definition, field), PLACE_TIMER, KEY_SUPPORTED, 0
#define SPAN(base) 0, PLACE_TIMER, KEY_SUPPORTED, base

static const struct key keys[] = {
	{ "AccuracySec", read_time, NULL, NULL, AT(accuracy), 0 },
	{ "DeferReactivation", read_boolean, NULL, NULL, AT(defer_reactivation), 257 },
	{ "FixedRandomDelay", read_boolean, NULL, NULL, AT(fixed_random_delay), 247 },
	{ "OnActiveSec", read_timer_span, NULL, NULL, SPAN(TIMER_ON_ACTIVE), 0 },
	{ "OnBootSec", read_timer_span, NULL, NULL, SPAN(TIMER_ON_BOOT), 0 },
	{ "OnCalendar", read_calendar, NULL, NULL, SPAN(TIMER_ON_CALENDAR), 0 },
	{ "OnClockChange", read_boolean, NULL, NULL, AT(on_clock_change), 242 },
	{ "OnStartupSec", read_timer_span, NULL, NULL, SPAN(TIMER_ON_STARTUP), 0 },
	{ "OnTimezoneChange", read_boolean, NULL, NULL, AT(on_timezone_change), 242 },
	{ "OnUnitActiveSec", read_timer_span, NULL, NULL, SPAN(TIMER_ON_UNIT_ACTIVE), 0 },
	{ "OnUnitInactiveSec", read_timer_span, NULL, NULL, SPAN(TIMER_ON_UNIT_INACTIVE), 0 },
	{ "Persistent", read_boolean, NULL, NULL, AT(persistent), 212 },
	{ "RandomizedDelaySec", read_time, NULL, NULL, AT(randomized_delay), 229 },
	{ "RandomizedOffsetSec", read_time, NULL, NULL, AT(randomized_offset), 258 },
	{ "RemainAfterElapse", read_boolean, NULL, NULL, AT(remain_after_elapse), 228 },
	{ "Unit", read_triggered, NULL, NULL, 0, PLACE_NONE, KEY_SUPPORTED, 0, 0 },
	{ "WakeSystem", read_boolean, NULL, NULL, AT(wake_system), 212 },
};

const struct key_list timer_keys = { keys, sizeof keys / sizeof *keys };
