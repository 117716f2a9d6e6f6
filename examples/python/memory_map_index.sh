#!/bin/bash
# Builds an index with a bound on the size of its memory-mapped file, on a fast local disk, and moves it home.
# Usage: memory_map_index.sh segments|synapses [CIRCUIT_FOLDER]
#
# For Slurm: sbatch --nodes=1 --ntasks=1 --exclusive --time=1:00:00 memory_map_index.sh segments
set -euo pipefail

kind=${1:?"usage: $0 segments|synapses [CIRCUIT_FOLDER]"}
circuit=${2:-my-circuit}
most_mebibytes=2048

# The fastest disk of the machine; TMPDIR is often one.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/memory_map_index.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

case $kind in
segments)
    spatial-index-nodes --use-mem-map=$most_mebibytes --population cortex \
        "$circuit/nodes.h5" "$circuit/morphologies" -o "$scratch/index"
    ;;
synapses)
    spatial-index-synapses --use-mem-map=$most_mebibytes "$circuit/edges.h5" cortex__cortex__chemical -o "$scratch/index"
    ;;
*)
    echo "usage: $0 segments|synapses [CIRCUIT_FOLDER]" >&2
    exit 2
    ;;
esac

# An index may be moved: its folder is all there is of it.
mv "$scratch/index" "example_mapped_$kind"
spatial-index-info "example_mapped_$kind"
