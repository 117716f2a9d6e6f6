/* The lock that keeps a folder to one build at a time: a file in it, which is gone once nobody has
 * the lock. */
#ifndef SI_FOLDER_FOLDER_LOCK_H
#define SI_FOLDER_FOLDER_LOCK_H

#include "base/error.h"
#include "format/file_names.h"

/* SI_ERROR_BUSY: another build has the lock; SI_ERROR_NOT_FOUND: the folder is not there. On a file
 * system without locks the folder counts as locked: nothing better can be had there. */
si_result si_folder_lock(const char *folder, int *lock, si_error *error);

/* Nothing happens where the lock is -1, which it is afterwards. */
void si_folder_unlock(const char *folder, int *lock);

#endif
