package dev.gatun.ptx.verify;

import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.syntax.Variable;

/** A variable in memory; its identity is the object's, since scopes may reuse names. */
public final class Symbol {
    private final Variable variable;
    private final boolean isParameterOfEntry;
    private final boolean isModuleWide;

    Symbol(Variable variable, boolean isParameterOfEntry, boolean isModuleWide) {
        this.variable = variable;
        this.isParameterOfEntry = isParameterOfEntry;
        this.isModuleWide = isModuleWide;
    }

    public Variable variable() {
        return variable;
    }

    public StateSpace space() {
        return variable.space();
    }

    public boolean isParameterOfEntry() {
        return isParameterOfEntry;
    }

    public boolean isModuleWide() {
        return isModuleWide;
    }

    @Override
    public String toString() {
        return variable.name();
    }
}
