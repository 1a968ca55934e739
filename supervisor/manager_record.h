/* What is the manager's own and no unit's, as it is saved. */
#ifndef SVINIT_MANAGER_RECORD_H
#define SVINIT_MANAGER_RECORD_H

#include "common/pack.h"
#include "supervisor/manager.h"
#include "supervisor/saved_state.h"

void manager_record_pack(const struct manager *manager, struct pack *pack);
/* Into a manager that was just opened; `in_place`: written by this very process. 0, or -EINVAL: no svinit wrote that.
 */
int manager_record_unpack(struct manager *manager, const struct bytes *record, bool in_place);

#endif
