// This project's builder, fed from memory.
#ifndef BENCH_INDEXING_HPP
#define BENCH_INDEXING_HPP

#include "elements.hpp"

namespace bench
{

// Everything: creating a builder, appending in batches, sorting, packing, writing. Where `folder`
// is NULL the index lives in a temporary file; an older index in the folder is replaced.
index_handle build_index(const elements &all, unsigned threads, const char *folder);

} // namespace bench

#endif
