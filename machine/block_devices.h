/* Devices made of others: loop devices and device mapper's, which keep what is below them busy. */
#ifndef SVMACHINE_BLOCK_DEVICES_H
#define SVMACHINE_BLOCK_DEVICES_H

#include <stdbool.h>

/* Lets go of those that nobody uses. true: there were some, so more can be unmounted now. */
bool block_devices_release(void);

#endif
