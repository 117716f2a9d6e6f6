/* Memory for large arrays that is used again instead of being given back to the system. */
#ifndef SPATIAL_INDEX_PYTHON_POOL_H
#define SPATIAL_INDEX_PYTHON_POOL_H

#include "core.h"

bool core_prepare_pool(void);

/* As PyArray_NewFromDescr for an array of `bytes` bytes. Consumes `type`. */
PyObject *core_new_pooled_array(PyArray_Descr *type, int dimensions, const npy_intp *shape,
                                size_t bytes);

#endif
