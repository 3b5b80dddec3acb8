package dev.gatun.ptx.exec;

/** A place in a program that is not known yet when a step that refers to it is made. */
final class Label {
    int index = -1;
}
